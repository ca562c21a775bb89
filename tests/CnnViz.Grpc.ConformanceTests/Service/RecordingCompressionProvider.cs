using System.IO.Compression;
using Grpc.Net.Compression;
using Microsoft.AspNetCore.Http;

namespace CnnViz.Grpc.ConformanceTests.Service;

/// <summary>Notes on the HTTP request that a message of it was inflated, which the public API does not tell.</summary>
public sealed class RecordingCompressionProvider(ICompressionProvider inner, IHttpContextAccessor accessor) : ICompressionProvider
{
    private static readonly object _inflated = new();

    /// <inheritdoc/>
    public string EncodingName => inner.EncodingName;

    /// <summary>Whether a message of the call was compressed.</summary>
    public static bool WasInflated(HttpContext context) => context.Items.ContainsKey(_inflated);

    /// <inheritdoc/>
    public Stream CreateCompressionStream(Stream stream, CompressionLevel? compressionLevel) =>
        inner.CreateCompressionStream(stream, compressionLevel);

    /// <inheritdoc/>
    public Stream CreateDecompressionStream(Stream stream)
    {
        accessor.HttpContext!.Items[_inflated] = true;
        return inner.CreateDecompressionStream(stream);
    }
}
