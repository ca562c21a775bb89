using System.Security.Cryptography;
using CnnViz.V1;

namespace CnnViz.Cli.Streams;

/// <summary>Joins a stream's picture headers and chunks to pictures, and checks order, length and SHA-256.</summary>
internal sealed class PictureAssembler
{
    /// <summary>Largest picture taken, in bytes (256 MiB); the memory is allocated on the header's word.</summary>
    public const int MaxBytes = 256 * 1024 * 1024;

    private PictureHeader? _header;
    private byte[] _data = [];
    private int _filled;

    /// <summary>Begins a picture.</summary>
    /// <exception cref="DamagedStreamException">
    /// The one before is not complete, or the length is 0 or above <see cref="MaxBytes"/>.
    /// </exception>
    public void Begin(PictureHeader header)
    {
        RequireComplete();
        if (header.ByteLength is 0 or > MaxBytes)
            throw new DamagedStreamException($"a picture of {header.ByteLength} bytes was announced");
        _header = header;
        _data = new byte[header.ByteLength];
        _filled = 0;
    }

    /// <summary>Adds bytes.</summary>
    /// <returns>The picture, if these were its last bytes; else null.</returns>
    /// <exception cref="DamagedStreamException">They do not follow the bytes before, or the checksum does not match.</exception>
    public ReceivedPicture? Add(PictureChunk chunk)
    {
        if (_header is null || chunk.Offset != (ulong)_filled || chunk.Data.Length > _data.Length - _filled)
            throw new DamagedStreamException($"{chunk.Data.Length} bytes at offset {chunk.Offset} were not expected");
        chunk.Data.Span.CopyTo(_data.AsSpan(_filled));
        _filled += chunk.Data.Length;
        if (_filled < _data.Length)
            return null;
        if (!SHA256.HashData(_data).AsSpan().SequenceEqual(_header.Sha256.Span))
            throw new DamagedStreamException($"picture '{_header.Name}' does not match its checksum");
        var picture = new ReceivedPicture(_header, _data);
        _header = null;
        return picture;
    }

    /// <summary>Says that the stream has ended.</summary>
    /// <exception cref="DamagedStreamException">It ended inside a picture.</exception>
    public void RequireComplete()
    {
        if (_header is not null)
            throw new DamagedStreamException($"picture '{_header.Name}' stopped at byte {_filled} of {_data.Length}");
    }
}
