using System.Security.Cryptography;
using CnnViz.Models;
using CnnViz.ServiceDefaults.Errors;
using CnnViz.V1;

namespace CnnViz.Inference.Uploads;

/// <summary>
/// Writes an upload's chunks into its files and holds each file to the size and the digest that the header gave.
/// </summary>
internal sealed class UploadFiles(StagedModel staged, IReadOnlyList<ManifestFile> files) : IDisposable
{
    private const int MaxChunk = 1 << 20;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private FileStream? _file;
    private int _index;
    private long _offset;

    /// <summary>Takes the next chunk.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT for a chunk that does not follow the one before, for bytes
    /// beyond the announced size, or for a file whose digest is another.</exception>
    public async Task AddAsync(ModelFileChunk chunk, CancellationToken cancellation)
    {
        if (chunk.Data.Length is < 1 or > MaxChunk)
        {
            throw RpcErrors.InvalidArgument(("chunk.data", $"must have 1 to {MaxChunk} bytes, not {chunk.Data.Length}"));
        }

        if (_index >= files.Count || chunk.File != _index || chunk.Offset != _offset)
        {
            throw RpcErrors.InvalidArgument((
                _index < files.Count && chunk.File == _index ? "chunk.offset" : "chunk.file",
                _index < files.Count
                    ? $"file {_index} at byte {_offset} comes next, not file {chunk.File} at byte {chunk.Offset}"
                    : "all files are complete"));
        }

        if (chunk.Data.Length > files[_index].Bytes - _offset)
        {
            throw RpcErrors.InvalidArgument(
                ($"header.files[{_index}].byte_length", $"is {files[_index].Bytes}, but more bytes came"));
        }

        _file ??= staged.Create(files[_index].Name);
        await _file.WriteAsync(chunk.Data.Memory, cancellation).ConfigureAwait(false);
        _hash.AppendData(chunk.Data.Span);
        _offset += chunk.Data.Length;
        if (_offset == files[_index].Bytes)
        {
            EndFile();
        }
    }

    /// <summary>Says that no more chunks come.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT where bytes are missing.</exception>
    public void End()
    {
        if (_index < files.Count)
        {
            throw RpcErrors.InvalidArgument((
                $"header.files[{_index}].byte_length",
                $"is {files[_index].Bytes}, but the stream ended after {_offset} bytes of {files[_index].Name}"));
        }
    }

    public void Dispose()
    {
        _file?.Dispose();
        _hash.Dispose();
    }

    private void EndFile()
    {
        _file!.Flush(flushToDisk: true);
        _file.Dispose();
        _file = null;
        var digest = Convert.ToHexStringLower(_hash.GetHashAndReset());
        if (digest != files[_index].Sha256)
        {
            throw RpcErrors.InvalidArgument((
                $"header.files[{_index}].sha256", $"is {files[_index].Sha256}, but the bytes that came have {digest}"));
        }

        _index++;
        _offset = 0;
    }
}
