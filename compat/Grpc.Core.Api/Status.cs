namespace Grpc.Core;

/// <summary>The status a call ended with: a code, a text for people, and on this side only the exception behind it.</summary>
public struct Status
{
    /// <summary><see cref="StatusCode.OK"/> with no detail.</summary>
    public static readonly Status DefaultSuccess = new(StatusCode.OK, "");

    /// <summary><see cref="StatusCode.Cancelled"/> with no detail.</summary>
    public static readonly Status DefaultCancelled = new(StatusCode.Cancelled, "");

    /// <summary>Creates a status.</summary>
    /// <param name="statusCode">The code sent as <c>grpc-status</c>.</param>
    /// <param name="detail">The text sent as <c>grpc-message</c>.</param>
    public Status(StatusCode statusCode, string detail)
        : this(statusCode, detail, null)
    {
    }

    /// <summary>Creates a status with the local exception behind it, which never goes on the wire.</summary>
    /// <param name="statusCode">The code sent as <c>grpc-status</c>.</param>
    /// <param name="detail">The text sent as <c>grpc-message</c>.</param>
    /// <param name="debugException">Kept on this side for logs, or null.</param>
    public Status(StatusCode statusCode, string detail, Exception? debugException)
    {
        StatusCode = statusCode;
        Detail = detail;
        DebugException = debugException;
    }

    /// <summary>The code.</summary>
    public StatusCode StatusCode { get; }

    /// <summary>The text for people.</summary>
    public string Detail { get; }

    /// <summary>The local exception, or null.</summary>
    public Exception? DebugException { get; }

    /// <summary>Code, detail and debug exception on one line.</summary>
    public override string ToString() =>
        DebugException is null
            ? $"Status(StatusCode=\"{StatusCode}\", Detail=\"{Detail}\")"
            : $"Status(StatusCode=\"{StatusCode}\", Detail=\"{Detail}\", DebugException=\"{DebugException.GetType()}: {DebugException.Message}\")";
}
