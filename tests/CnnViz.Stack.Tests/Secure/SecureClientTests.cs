using System.Net;
using System.Text.RegularExpressions;
using CnnViz.Cache.Tests.Support;
using CnnViz.Tests.Shared;

namespace CnnViz.Stack.Tests.Secure;

/// <summary>Real clients of five languages over TLS, as callers that show who they are; and what a replica that stops does to them.</summary>
[TestCaseOrderer("CnnViz.Stack.Tests.Secure.AsWritten", "CnnViz.Stack.Tests")]
public sealed partial class SecureClientTests(SecureServices stack) : IClassFixture<SecureServices>
{
    private static readonly string _clients = Path.Combine(RepositoryPaths.Root, "clients");

    private static readonly string[] _picture =
        ["--model", "patches", "--layer", "conv2d_1", "--filters", "0-1", "--steps", "2", "--size", "32"];

    [Fact]
    public async Task T1_Python_KeyTokenOrCertificate_DrawsAndReads()
    {
        using var folder = new TemporaryFolder();
        foreach (var shown in new[] { SecureServices.PainterKey, stack.Token() })
        {
            var drawn = await PythonAsync(folder, shown, "--endpoint", stack.Render.Grpc.Authority, "-o", "out.png");
            Assert.True(drawn.ExitCode == 0, drawn.All);
        }

        // A certificate alone, to inference.
        var read = await PythonAsync(
            folder, "", "--inference-endpoint", stack.Second.Grpc.Authority, "--raw", "raw",
            "--cert", stack.Watcher.Certificate, "--key", stack.Watcher.Key);
        Assert.True(read.ExitCode == 0, read.All);
    }

    [Fact]
    public async Task T2_Python_WithoutAKeyOrPermissionOrTrust_Refused()
    {
        using var folder = new TemporaryFolder();
        var nobody = await PythonAsync(folder, "", "--endpoint", stack.Render.Grpc.Authority, "-o", "out.png");
        Assert.Contains("UNAUTHENTICATED: this call needs a key", nobody.Error, StringComparison.Ordinal);
        var wrong = await PythonAsync(folder, "wrong", "--endpoint", stack.Render.Grpc.Authority, "-o", "out.png");
        Assert.Contains("UNAUTHENTICATED: the key is not valid", wrong.Error, StringComparison.Ordinal);
        var reader = await PythonAsync(folder, SecureServices.ReaderKey, "--endpoint", stack.Render.Grpc.Authority, "-o", "out.png");
        Assert.Contains("PERMISSION_DENIED: reader may not call", reader.Error, StringComparison.Ordinal);
        var stranger = await ToolProcess.RunAsync(
            folder.Path, "/usr/bin/env",
            [$"CNNVIZ_API_KEY={SecureServices.PainterKey}", "/usr/bin/python3", Path.Combine(_clients, "python", "maximize.py"), .. _picture,
                "--endpoint", stack.Render.Grpc.AbsoluteUri, "-o", "out.png"]);
        Assert.NotEqual(0, stranger.ExitCode);
        Assert.Contains("cannot be reached", stranger.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(folder.Path, "out.png")));
    }

    [NodeFact]
    public async Task T3_Node_AKey_DrawsThroughRendersOwnKeyToo()
    {
        await NodeClientTests.Installed;
        using var folder = new TemporaryFolder();
        foreach (var render in new[] { stack.Render, stack.OwnKeyRender })
        {
            var drawn = await ToolProcess.RunAsync(
                folder.Path, "node",
                [Path.Combine(_clients, "node", "maximize.mjs"), .. _picture, "--endpoint", render.Grpc.Authority,
                    "--ca", stack.Ca, "--api-key", SecureServices.PainterKey, "-o", "out.png"]);
            Assert.True(drawn.ExitCode == 0, drawn.All);
        }

        var refused = await ToolProcess.RunAsync(
            folder.Path, "node",
            [Path.Combine(_clients, "node", "maximize.mjs"), .. _picture, "--endpoint", stack.Render.Grpc.Authority,
                "--ca", stack.Ca, "-o", "no.png"]);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("needs a key", refused.Error, StringComparison.Ordinal);
    }

    [CppFact]
    public async Task T4_Cpp_AKey_Draws()
    {
        using var folder = new TemporaryFolder();
        string[] arguments = [.. _picture, "--endpoint", stack.Render.Grpc.Authority, "--ca", stack.Ca, "-o", "out.png"];
        var program = await CppClientTests.Program;
        var drawn = await ToolProcess.RunAsync(folder.Path, program, [.. arguments, "--api-key", SecureServices.PainterKey]);
        Assert.True(drawn.ExitCode == 0, drawn.All);
        var refused = await ToolProcess.RunAsync(folder.Path, program, arguments);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("needs a key", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task T5_CommandLine_AKeyInTheEnvironmentAndACertificate_Works()
    {
        using var folder = new TemporaryFolder();
        var drawn = await CliAsync(
            folder, SecureServices.PainterKey, "filters", "patches", "conv2d_1", "-o", "out.png", "--endpoint", stack.Render.Grpc.Authority);
        Assert.True(drawn.ExitCode == 0, drawn.All);
        var summary = await CliAsync(
            folder, "", "summary", "patches", "--inference-endpoint", stack.Second.Grpc.Authority,
            "--cert", stack.Watcher.Certificate, "--key", stack.Watcher.Key);
        Assert.True(summary.ExitCode == 0, summary.All);
        var refused = await CliAsync(folder, "", "summary", "patches", "--inference-endpoint", stack.Second.Grpc.Authority);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("CNNVIZ_API_KEY", refused.All, StringComparison.Ordinal);
    }

    /// <summary>The run of a picture that its caller had drawn by another client.</summary>
    [GoFact]
    public async Task T5_Go_AKeyInTheEnvironment_FollowsItsCallersRuns()
    {
        using var folder = new TemporaryFolder();
        var drawn = await PythonAsync(
            folder, SecureServices.PainterKey, "--endpoint", stack.Render.Grpc.Authority, "-o", "out.png");
        Assert.True(drawn.ExitCode == 0, drawn.All);
        string[] follow =
            [await GoClientTests.Program, "-endpoint", stack.Second.Grpc.Authority, "-ca", stack.Ca, "-once", "-o", "runs"];
        var followed = await ToolProcess.RunAsync(
            folder.Path, "/usr/bin/env", [$"CNNVIZ_API_KEY={SecureServices.PainterKey}", .. follow]);
        Assert.True(followed.ExitCode == 0, followed.All);
        Assert.Contains("patches conv2d_1, 2 filters", followed.Error, StringComparison.Ordinal);
        Assert.NotEmpty(Directory.EnumerateFiles(folder.Path, "filter-0001.png", SearchOption.AllDirectories));

        var refused = await ToolProcess.RunAsync(folder.Path, "/usr/bin/env", ["CNNVIZ_API_KEY=", .. follow]);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("needs a key", refused.Error, StringComparison.Ordinal);
    }

    /// <summary>
    /// Runs on a replica that is told to stop: a watcher goes on elsewhere, a picture comes as if nothing were, and the process ends in
    /// its time.
    /// </summary>
    [RedisFact]
    public async Task T6_Sigterm_InTheMiddleOfRuns_ReadinessDropsTheRunsGoOnAndNobodyMissesAnything()
    {
        await NodeClientTests.Installed;
        using var render = new RenderCaller(stack);
        var drawing = await render.BeginOnAsync(stack.First);
        var started = await ToolProcess.RunAsync(
            RepositoryPaths.Root, "/usr/bin/python3", "-c", Start, Path.Combine(_clients, "python"),
            stack.First.Grpc.Authority, stack.Ca, SecureServices.PainterKey);
        Assert.True(started.ExitCode == 0, started.All);
        var watching = ToolProcess.RunAsync(
            RepositoryPaths.Root, "node",
            Path.Combine(_clients, "node", "watch.mjs"), "--endpoint", $"{stack.First.Grpc.Authority},{stack.Second.Grpc.Authority}",
            "--ca", stack.Ca, "--cert", stack.Watcher.Certificate, "--key", stack.Watcher.Key, started.Output.Trim());
        using var probe = new HttpClient();
        Assert.Equal(HttpStatusCode.OK, await HealthAsync(probe));
        stack.First.Terminate();

        // Within its pause of 1 s the replica says so.
        Assert.True(SpinWait.SpinUntil(
            () => HealthAsync(probe).GetAwaiter().GetResult() == HttpStatusCode.ServiceUnavailable, TimeSpan.FromSeconds(30)));
        Assert.Equal(0, await stack.First.EndedAsync(TimeSpan.FromSeconds(60)));
        var watched = await watching;
        Assert.True(watched.ExitCode == 0, watched.All);
        Assert.Contains("the connection broke", watched.Error, StringComparison.Ordinal);
        var numbers = Sequence().Matches(watched.Output).Select(match => int.Parse(match.Groups[1].Value, null)).ToList();
        Assert.Equal(numbers.Order().Distinct(), numbers);
        Assert.EndsWith("completed", watched.Output.Trim(), StringComparison.Ordinal);
        var (sequences, picture) = await drawing;
        Assert.Equal(sequences.Order().Distinct(), sequences);
        Assert.NotEmpty(picture);

        async Task<HttpStatusCode> HealthAsync(HttpClient client)
        {
            try
            {
                using var answer = await client.GetAsync(new Uri(stack.First.Http, "/health"));
                return answer.StatusCode;
            }
            catch (HttpRequestException)
            {
                return HttpStatusCode.Gone;
            }
        }
    }

    [Fact]
    public void T7_Logs_OfAllThatAtTrace_HoldNothingSecret()
    {
        foreach (var process in stack.Processes)
        {
            var log = process.Log;
            Assert.Contains("trce: ", log, StringComparison.Ordinal);
            Assert.All(stack.Secrets, secret => Assert.DoesNotContain(secret, log, StringComparison.OrdinalIgnoreCase));
        }
    }

    /// <summary>Starts a run of some seconds and prints its id.</summary>
    private const string Start = """
        import sys, types
        sys.path.insert(0, sys.argv[1])
        import cnnviz_client as cnnviz
        from cnnviz.v1 import inference_pb2 as i, maximization_pb2 as m, maximization_pb2_grpc as g
        options = types.SimpleNamespace(ca=sys.argv[3], cert=None, key=None, api_key=sys.argv[4])
        with cnnviz.channel(sys.argv[2], options) as channel:
            request = i.MaximizeFilterRequest(
                model="nanodet", layer="Add_10", filters=[0, 1], settings=i.MaximizationSettings(steps=1200))
            print(g.MaximizationServiceStub(channel).Start(m.MaximizationServiceStartRequest(request=request)).run.run_id)
        """;

    private Task<ToolResult> PythonAsync(TemporaryFolder folder, string key, params string[] arguments) => ToolProcess.RunAsync(
        folder.Path, "/usr/bin/env",
        [$"CNNVIZ_API_KEY={key}", "/usr/bin/python3", Path.Combine(_clients, "python", "maximize.py"), .. _picture, "--ca", stack.Ca,
            .. arguments]);

    private Task<ToolResult> CliAsync(TemporaryFolder folder, string key, params string[] arguments) => ToolProcess.RunAsync(
        folder.Path, "/usr/bin/env",
        [$"CNNVIZ_API_KEY={key}", "dotnet", StackFixture.Program("CnnViz.Cli", "cnnviz-cli"), .. arguments, "--ca", stack.Ca]);

    [GeneratedRegex(@"^(\d+): ", RegexOptions.Multiline)]
    private static partial Regex Sequence();
}
