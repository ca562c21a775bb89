using CnnViz.AppHost.Tests.Infrastructure;

namespace CnnViz.AppHost.Tests.StandIn;

public sealed class PublishTests
{
    [Fact]
    public async Task Publish_StandIn_SaysWhatItNeedsAndWhatThereIs()
    {
        await using var host = HostProcess.Start(HostProcess.OutputOf("CnnViz.AppHost"), ["--operation", "publish"]);

        Assert.Equal(1, await host.WaitForExitAsync());

        Assert.Contains("needs the real Aspire packages", host.Output, StringComparison.Ordinal);
        Assert.Contains("deploy/", host.Output, StringComparison.Ordinal);
    }
}
