using CnnViz.Cli.Output;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;

namespace CnnViz.Cli.Tests.Output;

public class ErrorTextTests
{
    [Fact]
    public void Of_FieldViolations_EachNamedWithItsReason()
    {
        var exception = Refused(
            "2 fields were refused", ("settings.steps", "5000 is above the limit of 4096"), ("layer", "must not be empty"));

        var text = ErrorText.Of(exception, "h:1");

        Assert.Equal(
            "The request was refused: 2 fields were refused\n  settings.steps: 5000 is above the limit of 4096\n"
            + "  layer: must not be empty",
            text);
    }

    [Fact]
    public void Of_MessageListsTheViolation_NotSaidTwice() => Assert.Equal(
        "The request was refused: layer: must not be empty",
        ErrorText.Of(Refused("layer: must not be empty", ("layer", "must not be empty")), "h:1"));

    [Fact]
    public void Of_DetailsAreNoStatus_MessageAlone()
    {
        var trailers = new Metadata { { "grpc-status-details-bin", [0xff, 0xff, 0xff] } };
        var exception = new RpcException(new Grpc.Core.Status(StatusCode.InvalidArgument, "no"), trailers);

        Assert.Equal("The request was refused: no", ErrorText.Of(exception, "h:1"));
    }

    [Fact]
    public void Of_Unreachable_SaysWhatToStart()
    {
        var exception = new RpcException(new Grpc.Core.Status(StatusCode.Unavailable, "connection refused"));

        var text = ErrorText.Of(exception, "127.0.0.1:5002");

        Assert.Contains("127.0.0.1:5002", text, StringComparison.Ordinal);
        Assert.Contains("./cnnviz up", text, StringComparison.Ordinal);
    }

    private static RpcException Refused(string message, params (string Field, string Description)[] violations)
    {
        var request = new BadRequest();
        foreach (var (field, description) in violations)
            request.FieldViolations.Add(new BadRequest.Types.FieldViolation { Field = field, Description = description });
        var status = new Google.Rpc.Status { Code = (int)StatusCode.InvalidArgument, Message = message };
        status.Details.Add(Any.Pack(request));
        var trailers = new Metadata { { "grpc-status-details-bin", status.ToByteArray() } };
        return new RpcException(new Grpc.Core.Status(StatusCode.InvalidArgument, message), trailers);
    }
}
