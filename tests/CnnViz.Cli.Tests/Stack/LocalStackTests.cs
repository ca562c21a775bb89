using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using CnnViz.Cli.Stack;

namespace CnnViz.Cli.Tests.Stack;

[UnsupportedOSPlatform("windows")]
public class LocalStackTests
{
    // A limit for tests that would otherwise hang when the code under test fails.
    private static readonly TimeSpan _guard = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Start_EndpointsWritten_EndpointsReadAndStoppedBySigterm()
    {
        using var appHost = new FakeAppHost($"""
            trap 'echo asked > "$HERE/stopped"; kill $WAITER; exit 0' TERM
            {FakeAppHost.Ready}
            {FakeAppHost.WaitForSignal}
            """);

        int id;
        var starting = LocalStack.StartAsync(Options(appHost), TimeProvider.System, CancellationToken.None);
        await using (var stack = await starting.WaitAsync(_guard))
        {
            id = stack.ProcessId;
            Assert.Equal(new Uri("http://127.0.0.1:5001"), stack.Endpoints.Inference.Grpc);
            Assert.Equal(new Uri("http://127.0.0.1:5012"), stack.Endpoints.Render.Http);
            Assert.False(stack.HasExited);
        }

        Assert.Equal("asked", appHost.Written("stopped"));
        Assert.Throws<ArgumentException>(() => Process.GetProcessById(id));
    }

    [Theory]
    [InlineData("/models/of mine", "/models/of mine")]
    [InlineData(null, "none")]
    public async Task Start_ModelFolder_IsTheOnlyOneAllowed(string? folder, string expected)
    {
        using var appHost = new FakeAppHost($$"""
            trap 'kill $WAITER; exit 0' TERM
            echo "${CNNVIZ_MODEL_FILES-none}" > "$HERE/allowed"
            {{FakeAppHost.Ready}}
            {{FakeAppHost.WaitForSignal}}
            """);

        var options = Options(appHost) with { ModelFolder = folder };
        await using var stack = await LocalStack.StartAsync(options, TimeProvider.System, CancellationToken.None)
            .WaitAsync(_guard);

        Assert.Equal(expected, appHost.Written("allowed"));
    }

    [Fact]
    public async Task Start_AppHostDies_LastLinesAndCodeReported()
    {
        using var appHost = new FakeAppHost("echo starting redis\necho 'port 5001 is taken' >&2\nexit 3");

        var failure = await Assert.ThrowsAsync<CliException>(() =>
            LocalStack.StartAsync(Options(appHost), TimeProvider.System, CancellationToken.None)).WaitAsync(_guard);

        Assert.Contains("code 3", failure.Message, StringComparison.Ordinal);
        Assert.Contains("\n  port 5001 is taken", failure.Message, StringComparison.Ordinal);
        Assert.Contains("\n  starting redis", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_AppHostDiesButItsChildHoldsThePipe_ReportedAllTheSame()
    {
        using var appHost = new FakeAppHost("echo lost\nsleep 300 &\necho $! > \"$HERE/child\"\nexit 4");
        try
        {
            var failure = await Assert.ThrowsAsync<CliException>(() =>
                LocalStack.StartAsync(Options(appHost), TimeProvider.System, CancellationToken.None)).WaitAsync(_guard);

            Assert.Contains("\n  lost", failure.Message, StringComparison.Ordinal);
        }
        finally
        {
            using var child = Process.GetProcessById(int.Parse(appHost.Written("child")!, CultureInfo.InvariantCulture));
            child.Kill();
        }
    }

    [Fact]
    public async Task Start_NotReadyInTime_ReportedAndStopped()
    {
        using var appHost = new FakeAppHost($"""
            trap 'echo asked > "$HERE/stopped"; kill $WAITER; exit 0' TERM
            echo waiting for inference
            {FakeAppHost.WaitForSignal}
            """);
        var options = Options(appHost) with { StartTimeout = TimeSpan.FromSeconds(1) };

        var failure = await Assert.ThrowsAsync<CliException>(() =>
            LocalStack.StartAsync(options, TimeProvider.System, CancellationToken.None)).WaitAsync(_guard);

        Assert.Contains("not ready within 1 s", failure.Message, StringComparison.Ordinal);
        Assert.Contains("waiting for inference", failure.Message, StringComparison.Ordinal);
        Assert.Equal("asked", appHost.Written("stopped"));
    }

    [Fact]
    public async Task Start_Cancelled_StoppedBySigterm()
    {
        using var cancellation = new CancellationTokenSource();
        using var appHost = new FakeAppHost($"""
            trap 'echo asked > "$HERE/stopped"; kill $WAITER; exit 0' TERM
            echo trapped
            {FakeAppHost.WaitForSignal}
            """);
        // Cancelled by its first line, which it writes once it can be asked to stop.
        var options = Options(appHost) with { Echo = _ => cancellation.Cancel() };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            LocalStack.StartAsync(options, TimeProvider.System, cancellation.Token)).WaitAsync(_guard);

        Assert.Equal("asked", appHost.Written("stopped"));
    }

    [Fact]
    public async Task Dispose_SigtermIgnored_KilledAfterGrace()
    {
        using var appHost = new FakeAppHost($"""
            trap '' TERM
            {FakeAppHost.Ready}
            {FakeAppHost.WaitForSignal}
            """);
        var options = Options(appHost) with { StopGrace = TimeSpan.FromMilliseconds(200) };
        var stack = await LocalStack.StartAsync(options, TimeProvider.System, CancellationToken.None).WaitAsync(_guard);
        var id = stack.ProcessId;

        await stack.DisposeAsync().AsTask().WaitAsync(_guard);

        Assert.Throws<ArgumentException>(() => Process.GetProcessById(id));
    }

    [Fact]
    public async Task Start_EndpointsAreNotJson_RefusedAndStopped()
    {
        using var appHost = new FakeAppHost($$"""
            trap 'echo asked > "$HERE/stopped"; kill $WAITER; exit 0' TERM
            echo '{"inference":null}' > "$CNNVIZ_ENDPOINTS_FILE.new"
            mv "$CNNVIZ_ENDPOINTS_FILE.new" "$CNNVIZ_ENDPOINTS_FILE"
            {{FakeAppHost.WaitForSignal}}
            """);

        var failure = await Assert.ThrowsAsync<CliException>(() =>
            LocalStack.StartAsync(Options(appHost), TimeProvider.System, CancellationToken.None)).WaitAsync(_guard);

        Assert.Contains("endpoints", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_NoSuchFile_Reported()
    {
        var options = new LocalStackOptions { AppHost = "/no/such/apphost" };

        var failure = await Assert.ThrowsAsync<CliException>(() =>
            LocalStack.StartAsync(options, TimeProvider.System, CancellationToken.None)).WaitAsync(_guard);

        Assert.Contains("/no/such/apphost", failure.Message, StringComparison.Ordinal);
    }

    private static LocalStackOptions Options(FakeAppHost appHost) => new()
    {
        AppHost = appHost.Path,
        StartTimeout = _guard,
        StopGrace = _guard,
    };
}
