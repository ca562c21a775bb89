using System.IO.Compression;
using Grpc.Net.Compression;

namespace CnnViz.ServiceDefaults.Grpc;

/// <summary>
/// A compression whose decompression stops at a limit. The protocol's message length is the compressed one, and 4 MB of gzip can
/// hold 4 GB. Grpc.AspNetCore.Server 2.85.0 also stops at MaxReceiveMessageSize while it inflates, which older servers did not
/// and which a null MaxReceiveMessageSize turns off; this bound holds in every case.
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
