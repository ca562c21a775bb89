using System.IO.Compression;
using Grpc.Net.Compression;

namespace CnnViz.ServiceDefaults.Grpc;

/// <summary>
/// A compression whose decompression stops at a limit. The gRPC server holds only the compressed length against
/// MaxReceiveMessageSize, so without this 4 MB of gzip could ask it for 4 GB of memory.
/// </summary>
/// <param name="inner">The compression.</param>
/// <param name="maxInflatedBytes">Largest decompressed message, in bytes.</param>
public sealed class BoundedCompressionProvider(ICompressionProvider inner, int maxInflatedBytes) : ICompressionProvider
{
    /// <inheritdoc/>
    public string EncodingName => inner.EncodingName;

    /// <inheritdoc/>
    public Stream CreateCompressionStream(Stream stream, CompressionLevel? compressionLevel) =>
        inner.CreateCompressionStream(stream, compressionLevel);

    /// <summary>A stream that fails with RESOURCE_EXHAUSTED as soon as it has inflated more than the limit.</summary>
    public Stream CreateDecompressionStream(Stream stream) =>
        new BoundedInflateStream(inner.CreateDecompressionStream(stream), maxInflatedBytes);
}
