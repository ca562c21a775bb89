using System.Diagnostics;
using Google.Protobuf;
using Grpc.Core;

namespace CnnViz.ServiceDefaults.Telemetry;

/// <summary>Counts what goes through it.</summary>
internal sealed class CountingStreamWriter<T>(IServerStreamWriter<T> inner, RpcMetrics metrics, TagList tags)
    : IServerStreamWriter<T>
{
    private readonly TagList _tags = tags;

    public WriteOptions? WriteOptions
    {
        get => inner.WriteOptions;
        set => inner.WriteOptions = value;
    }

    public Task WriteAsync(T message)
    {
        Count(message);
        return inner.WriteAsync(message);
    }

    public Task WriteAsync(T message, CancellationToken cancellationToken)
    {
        Count(message);
        return inner.WriteAsync(message, cancellationToken);
    }

    private void Count(T message)
    {
        if (metrics.CountsSent && message is IMessage counted)
        {
            metrics.Sent(_tags, counted.CalculateSize());
        }
    }
}
