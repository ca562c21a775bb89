using System.Text;
using CnnViz.Cli.Stack;
using Google.Rpc;
using Grpc.Core;

namespace CnnViz.Cli.Output;

/// <summary>Failed calls in words.</summary>
internal static class ErrorText
{
    private const string DetailsTrailer = "grpc-status-details-bin";

    /// <summary>One paragraph: what failed, each refused field with its reason, and what to do if nothing answered.</summary>
    /// <param name="exception">The failed call.</param>
    /// <param name="where">The endpoint called.</param>
    public static string Of(RpcException exception, string where)
    {
        var message = exception.Status.Detail;
        var text = new StringBuilder(exception.StatusCode switch
        {
            StatusCode.Unavailable =>
                $"Nothing answers at {where}. Start the services with ./cnnviz up and use the endpoints it prints. ({message})",
            StatusCode.Unimplemented =>
                $"The service at {where} does not offer this call; is it the other service's endpoint? ({message})",
            StatusCode.InvalidArgument => $"The request was refused: {message}",
            StatusCode.Unauthenticated =>
                $"The service at {where} asks who calls: set {ClientCredentials.ApiKeyVariable}, or give --api-key. ({message})",
            StatusCode.PermissionDenied or StatusCode.NotFound or StatusCode.ResourceExhausted or StatusCode.AlreadyExists
                or StatusCode.FailedPrecondition => Capitalized(message),
            StatusCode.DeadlineExceeded => $"The service at {where} took too long: {message}",
            _ => $"The service at {where} failed ({exception.StatusCode}): {message}",
        });
        foreach (var violation in Violations(exception))
        {
            // The service's message often lists them already.
            if (!message.Contains(violation.Description, StringComparison.Ordinal))
                text.Append("\n  ").Append(violation.Field).Append(": ").Append(violation.Description);
        }

        return text.ToString();
    }

    private static IEnumerable<BadRequest.Types.FieldViolation> Violations(RpcException exception)
    {
        if (exception.Trailers.GetValueBytes(DetailsTrailer) is not { } bytes)
            return [];
        try
        {
            return [.. Google.Rpc.Status.Parser.ParseFrom(bytes).Details
                .Where(detail => detail.Is(BadRequest.Descriptor))
                .SelectMany(detail => detail.Unpack<BadRequest>().FieldViolations)];
        }
        catch (Google.Protobuf.InvalidProtocolBufferException)
        {
            return []; // Something between here and the service; the message alone must do.
        }
    }

    private static string Capitalized(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];
}
