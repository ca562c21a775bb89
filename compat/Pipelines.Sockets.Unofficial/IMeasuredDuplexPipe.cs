using System.IO.Pipelines;

namespace Pipelines.Sockets.Unofficial;

/// <summary>Two pipes that count what passes.</summary>
public interface IMeasuredDuplexPipe : IDuplexPipe
{
    /// <summary>Bytes handed to the peer's side.</summary>
    long TotalBytesSent { get; }

    /// <summary>Bytes that came from the peer.</summary>
    long TotalBytesReceived { get; }
}
