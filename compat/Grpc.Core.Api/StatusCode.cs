namespace Grpc.Core;

/// <summary>The outcome of a call; the values are those on the wire (<c>grpc-status</c>).</summary>
public enum StatusCode
{
    /// <summary>Success.</summary>
    OK = 0,

    /// <summary>The caller cancelled.</summary>
    Cancelled = 1,

    /// <summary>An error that fits no other code, or came from another error space.</summary>
    Unknown = 2,

    /// <summary>The arguments are wrong whatever the system's state is.</summary>
    InvalidArgument = 3,

    /// <summary>The deadline passed before the call ended.</summary>
    DeadlineExceeded = 4,

    /// <summary>The named thing does not exist.</summary>
    NotFound = 5,

    /// <summary>The thing to create exists already.</summary>
    AlreadyExists = 6,

    /// <summary>The caller is known and may not do this.</summary>
    PermissionDenied = 7,

    /// <summary>A quota, a limit or memory ran out.</summary>
    ResourceExhausted = 8,

    /// <summary>The system's state does not allow the operation; a retry alone will not help.</summary>
    FailedPrecondition = 9,

    /// <summary>A concurrency conflict; retry the larger transaction.</summary>
    Aborted = 10,

    /// <summary>Past the valid range, given the present state.</summary>
    OutOfRange = 11,

    /// <summary>The method or feature is not implemented.</summary>
    Unimplemented = 12,

    /// <summary>An invariant broke.</summary>
    Internal = 13,

    /// <summary>The service cannot be reached now; a retry may help.</summary>
    Unavailable = 14,

    /// <summary>Data was lost or corrupted for good.</summary>
    DataLoss = 15,

    /// <summary>The caller carries no valid credentials.</summary>
    Unauthenticated = 16,
}
