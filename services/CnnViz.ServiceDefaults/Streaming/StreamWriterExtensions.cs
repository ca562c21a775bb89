using Grpc.Core;

namespace CnnViz.ServiceDefaults.Streaming;

/// <summary>Writing many small messages at once.</summary>
public static class StreamWriterExtensions
{
    private static readonly WriteOptions _held = new(WriteFlags.BufferHint);

    /// <summary>Writes a message; one that another follows at once may wait for it, so that they leave in one packet.</summary>
    /// <param name="stream">The call's answer.</param>
    /// <param name="message">The message.</param>
    /// <param name="more">Whether another one follows at once.</param>
    /// <param name="cancellationToken">The caller's.</param>
    public static Task WriteAsync<T>(
        this IServerStreamWriter<T> stream, T message, bool more, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stream);
        stream.WriteOptions = more ? _held : WriteOptions.Default;
        return stream.WriteAsync(message, cancellationToken);
    }
}
