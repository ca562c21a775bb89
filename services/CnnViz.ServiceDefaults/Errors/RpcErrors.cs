using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Status = Google.Rpc.Status;

namespace CnnViz.ServiceDefaults.Errors;

/// <summary>
/// Errors as clients see them: a status code, a sentence for people, and google.rpc details for programs in the trailer
/// "grpc-status-details-bin".
/// </summary>
public static class RpcErrors
{
    /// <summary>The domain of every ErrorInfo this product sends.</summary>
    public const string Domain = "cnnviz.dev";

    private const string DetailsTrailer = "grpc-status-details-bin";

    /// <summary>INVALID_ARGUMENT with a BadRequest that names each field and why it was refused.</summary>
    public static RpcException InvalidArgument(params IReadOnlyList<(string Field, string Description)> violations)
    {
        ArgumentOutOfRangeException.ThrowIfZero(violations.Count);
        var badRequest = new BadRequest();
        foreach (var (field, description) in violations)
        {
            badRequest.FieldViolations.Add(new BadRequest.Types.FieldViolation { Field = field, Description = description });
        }

        var message = string.Join("; ", violations.Select(v => $"{v.Field}: {v.Description}"));
        return Create(StatusCode.InvalidArgument, message, badRequest);
    }

    /// <summary>NOT_FOUND with an ErrorInfo.</summary>
    /// <param name="reason">UPPER_SNAKE, for example UNKNOWN_LAYER.</param>
    /// <param name="message">What was not found, and the nearest names.</param>
    /// <param name="metadata">Facts for programs: the field, the value, the suggestions.</param>
    public static RpcException NotFound(string reason, string message, params (string Key, string Value)[] metadata) =>
        Create(StatusCode.NotFound, message, Info(reason, metadata));

    /// <summary>FAILED_PRECONDITION with an ErrorInfo: the request is right, but this installation cannot serve it.</summary>
    /// <param name="reason">UPPER_SNAKE, for example FORMAT_UNAVAILABLE.</param>
    /// <param name="message">What is missing and where it comes from.</param>
    /// <param name="metadata">Facts for programs.</param>
    public static RpcException FailedPrecondition(string reason, string message, params (string Key, string Value)[] metadata) =>
        Create(StatusCode.FailedPrecondition, message, Info(reason, metadata));

    /// <summary>UNAVAILABLE with an ErrorInfo: the same call may succeed in a moment, here or on another replica.</summary>
    /// <param name="reason">UPPER_SNAKE, for example STOPPING.</param>
    /// <param name="message">What cannot be reached, and what to do.</param>
    /// <param name="metadata">Facts for programs.</param>
    public static RpcException Unavailable(string reason, string message, params (string Key, string Value)[] metadata) =>
        Create(StatusCode.Unavailable, message, Info(reason, metadata));

    /// <summary>UNAUTHENTICATED with an ErrorInfo: the call does not show who makes it.</summary>
    /// <param name="reason">UPPER_SNAKE, for example CREDENTIALS_MISSING.</param>
    /// <param name="message">What is missing; nothing of what was shown.</param>
    public static RpcException Unauthenticated(string reason, string message) =>
        Create(StatusCode.Unauthenticated, message, Info(reason, []));

    /// <summary>PERMISSION_DENIED with an ErrorInfo: the caller is known, and may not.</summary>
    /// <param name="reason">UPPER_SNAKE, for example PERMISSION_MISSING.</param>
    /// <param name="message">What is needed.</param>
    /// <param name="metadata">Facts for programs.</param>
    public static RpcException PermissionDenied(string reason, string message, params (string Key, string Value)[] metadata) =>
        Create(StatusCode.PermissionDenied, message, Info(reason, metadata));

    /// <summary>ALREADY_EXISTS with an ErrorInfo.</summary>
    /// <param name="reason">UPPER_SNAKE, for example MODEL_EXISTS.</param>
    /// <param name="message">What is there already.</param>
    /// <param name="metadata">Facts for programs.</param>
    public static RpcException AlreadyExists(string reason, string message, params (string Key, string Value)[] metadata) =>
        Create(StatusCode.AlreadyExists, message, Info(reason, metadata));

    /// <summary>RESOURCE_EXHAUSTED with an ErrorInfo and a RetryInfo.</summary>
    public static RpcException ResourceExhausted(string reason, string message, TimeSpan retryAfter)
    {
        var exception = Create(
            StatusCode.ResourceExhausted,
            message,
            Info(reason, []),
            new RetryInfo { RetryDelay = Duration.FromTimeSpan(retryAfter) });
        exception.Trailers.Add(
            "grpc-retry-pushback-ms",
            ((long)retryAfter.TotalMilliseconds).ToString(System.Globalization.CultureInfo.InvariantCulture));
        return exception;
    }

    /// <summary>INTERNAL for a fault of ours; the number leads from the caller's report to the log.</summary>
    public static RpcException Internal(string reference) =>
        Create(StatusCode.Internal, $"internal error; reference {reference}", Info("INTERNAL", [("reference", reference)]));

    private static ErrorInfo Info(string reason, (string Key, string Value)[] metadata)
    {
        var info = new ErrorInfo { Reason = reason, Domain = Domain };
        foreach (var (key, value) in metadata)
        {
            info.Metadata[key] = value;
        }

        return info;
    }

    private static RpcException Create(StatusCode code, string message, params IMessage[] details)
    {
        var status = new Status { Code = (int)code, Message = message };
        status.Details.AddRange(details.Select(Any.Pack));
        var trailers = new Metadata { { DetailsTrailer, status.ToByteArray() } };
        return new RpcException(new global::Grpc.Core.Status(code, message), trailers);
    }
}
