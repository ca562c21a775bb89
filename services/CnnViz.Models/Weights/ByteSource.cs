using Microsoft.Win32.SafeHandles;

namespace CnnViz.Models;

/// <summary>Random read access to a run of bytes. Safe for concurrent reads.</summary>
public abstract class ByteSource : IDisposable
{
    /// <summary>Number of bytes.</summary>
    public abstract long Length { get; }

    /// <summary>
    /// Fills <paramref name="destination"/> from <paramref name="offset"/>, which the caller has checked against
    /// <see cref="Length"/>.
    /// </summary>
    /// <exception cref="ModelFormatException">The bytes cannot be read (any more).</exception>
    public abstract void Read(long offset, Span<byte> destination);

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
    }
}

/// <summary>Bytes in memory.</summary>
public sealed class MemoryByteSource(ReadOnlyMemory<byte> bytes) : ByteSource
{
    public override long Length => bytes.Length;

    public override void Read(long offset, Span<byte> destination) =>
        bytes.Span.Slice(checked((int)offset), destination.Length).CopyTo(destination);
}

/// <summary>
/// A file, read in place through the page cache with positioned reads. Not a memory map on purpose: a mapped file that someone
/// truncates kills the whole process with SIGBUS, where a positioned read merely comes back short.
/// </summary>
public sealed class FileByteSource : ByteSource
{
    private readonly SafeFileHandle _file;
    private readonly string _name;

    /// <exception cref="ModelFormatException">The file cannot be opened; the message names it.</exception>
    public FileByteSource(string path)
    {
        _name = Path.GetFileName(path);
        try
        {
            _file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read, FileOptions.RandomAccess);
            Length = RandomAccess.GetLength(_file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            _file?.Dispose();
            throw new ModelFormatException($"weight file '{_name}' cannot be opened: {e.GetType().Name}", e);
        }
    }

    public override long Length { get; }

    public override void Read(long offset, Span<byte> destination)
    {
        try
        {
            while (!destination.IsEmpty)
            {
                var count = RandomAccess.Read(_file, destination, offset);
                if (count == 0)
                {
                    throw new ModelFormatException(
                        $"weight file '{_name}' ends at byte {offset}; it had {Length} bytes when opened");
                }

                offset += count;
                destination = destination[count..];
            }
        }
        catch (IOException e)
        {
            throw new ModelFormatException($"weight file '{_name}' cannot be read at byte {offset}", e);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _file.Dispose();
        }

        base.Dispose(disposing);
    }
}

/// <summary>Several sources end to end, as shards of one file; owns them.</summary>
public sealed class ConcatenatedByteSource : ByteSource
{
    private readonly ByteSource[] _parts;
    private readonly long[] _starts;

    public ConcatenatedByteSource(IReadOnlyList<ByteSource> parts)
    {
        _parts = [.. parts];
        _starts = new long[_parts.Length];
        for (var i = 0; i < _parts.Length; i++)
        {
            _starts[i] = Length;
            Length = checked(Length + _parts[i].Length);
        }
    }

    public override long Length { get; }

    public override void Read(long offset, Span<byte> destination)
    {
        var found = Array.BinarySearch(_starts, offset);
        var part = found >= 0 ? found : ~found - 1;
        while (!destination.IsEmpty)
        {
            var within = offset - _starts[part];
            var count = (int)Math.Min(destination.Length, _parts[part].Length - within);
            if (count > 0)
            {
                _parts[part].Read(within, destination[..count]);
                offset += count;
                destination = destination[count..];
            }

            part++;
        }
    }

    protected override void Dispose(bool disposing)
    {
        foreach (var part in disposing ? _parts : [])
        {
            part.Dispose();
        }

        base.Dispose(disposing);
    }
}
