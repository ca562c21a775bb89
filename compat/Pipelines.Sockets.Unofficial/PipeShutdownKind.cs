namespace Pipelines.Sockets.Unofficial;

/// <summary>Why a connection ended; the first reason stays.</summary>
public enum PipeShutdownKind
{
    /// <summary>It has not.</summary>
    None = 0,

    /// <summary>The connection was disposed here.</summary>
    PipeDisposed = 1,

    /// <summary>The peer closed its side.</summary>
    ReadEndOfStream = 100,

    /// <summary>The socket was disposed while reading.</summary>
    ReadDisposed = 101,

    /// <summary>Reading failed below the socket.</summary>
    ReadException = 103,

    /// <summary>The socket refused to read.</summary>
    ReadSocketError = 104,

    /// <summary>Nobody reads what comes in any more.</summary>
    ReadFlushCompleted = 105,

    /// <summary>The socket was disposed while writing.</summary>
    WriteDisposed = 201,

    /// <summary>Writing failed below the socket.</summary>
    WriteException = 203,

    /// <summary>The socket refused to write.</summary>
    WriteSocketError = 204,

    /// <summary>The client ended the conversation by its protocol.</summary>
    ProtocolExitClient = 400,

    /// <summary>The server ended the conversation by its protocol.</summary>
    ProtocolExitServer = 401,
}

/// <summary>How a connection uses its socket.</summary>
[Flags]
public enum SocketConnectionOptions
{
    /// <summary>As it is.</summary>
    None = 0,
}
