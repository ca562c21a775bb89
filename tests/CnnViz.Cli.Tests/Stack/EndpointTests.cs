using CnnViz.Cli.Stack;

namespace CnnViz.Cli.Tests.Stack;

public class EndpointTests
{
    [Theory]
    [InlineData("127.0.0.1:5002", "http://127.0.0.1:5002/")]
    [InlineData("render:80", "http://render/")]
    [InlineData("https://viz.example", "https://viz.example/")]
    public void Parse_Endpoint_Uri(string text, string expected) =>
        Assert.Equal(expected, Endpoint.Parse(text, "--endpoint")!.ToString());

    [Theory]
    [InlineData("")]
    [InlineData("ftp://host")]
    [InlineData("host:99999")]
    public void Parse_NoEndpoint_UsageError(string text)
    {
        var failure = Assert.Throws<CliException>(() => Endpoint.Parse(text, "--endpoint"));

        Assert.Equal(ExitCodes.Usage, failure.ExitCode);
        Assert.Contains("--endpoint", failure.Message, StringComparison.Ordinal);
    }
}
