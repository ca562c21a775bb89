using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using CnnViz.Tests.Shared;
using CnnViz.V1;
using Grpc.Net.Client;

namespace CnnViz.Stack.Tests;

/// <summary>One running stack for all tests of the collection: the app host's process and clients of its services.</summary>
public sealed class StackFixture : IAsyncLifetime
{
    private static readonly TimeSpan _startLimit = TimeSpan.FromMinutes(2);
    private readonly StringBuilder _log = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("cnnviz-stack-").FullName;
    private Process? _host;
    private GrpcChannel? _inferenceChannel;
    private GrpcChannel? _renderChannel;

    public InferenceService.InferenceServiceClient Inference { get; private set; } = null!;

    public RenderService.RenderServiceClient Render { get; private set; } = null!;

    public ModelService.ModelServiceClient Models { get; private set; } = null!;

    /// <summary>The folder that the stack's models are in.</summary>
    public string Root => Path.Combine(_folder, "models");

    public GrpcChannel InferenceChannel => _inferenceChannel!;

    public Uri InferenceAddress { get; private set; } = null!;

    public Uri InferenceHttp { get; private set; } = null!;

    public Uri RenderAddress { get; private set; } = null!;

    public Uri RenderHttp { get; private set; } = null!;

    public string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    /// <summary>A built program of the repository, for example "CnnViz.AppHost".</summary>
    public static string Program(string project, string assembly)
    {
        var metadata = typeof(StackFixture).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().ToDictionary(a => a.Key, a => a.Value);
        return Path.Combine(metadata["ArtifactsPath"]!, "bin", project, metadata["Configuration"]!, assembly + ".dll");
    }

    public async Task InitializeAsync()
    {
        var endpointsFile = Path.Combine(_folder, "endpoints.json");
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var watcher = new FileSystemWatcher(_folder, "endpoints.json");
        watcher.Created += (_, _) => ready.TrySetResult();
        watcher.Renamed += (_, _) => ready.TrySetResult();
        watcher.EnableRaisingEvents = true;

        _host = new Process
        {
            StartInfo = new ProcessStartInfo("dotnet", [Program("CnnViz.AppHost", "CnnViz.AppHost")])
            {
                WorkingDirectory = _folder,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                Environment =
                {
                    ["CNNVIZ_ENDPOINTS_FILE"] = endpointsFile,
                    ["CNNVIZ_MODELS"] = ModelRoot(),
                    ["CNNVIZ_MODEL_UPLOADS"] = "1",
                },
            },
            EnableRaisingEvents = true,
        };
        _host.OutputDataReceived += Keep;
        _host.ErrorDataReceived += Keep;
        _host.Exited += (_, _) => ready.TrySetException(new InvalidOperationException("the app host ended:\n" + Log));
        _host.Start();
        _host.BeginOutputReadLine();
        _host.BeginErrorReadLine();
        await ready.Task.WaitAsync(_startLimit).ConfigureAwait(false);

        using var endpoints = JsonDocument.Parse(await File.ReadAllTextAsync(endpointsFile).ConfigureAwait(false));
        InferenceAddress = Endpoint("inference", "grpc");
        InferenceHttp = Endpoint("inference", "http");
        RenderAddress = Endpoint("render", "grpc");
        RenderHttp = Endpoint("render", "http");
        _inferenceChannel = GrpcChannel.ForAddress(InferenceAddress);
        _renderChannel = GrpcChannel.ForAddress(RenderAddress);
        Inference = new InferenceService.InferenceServiceClient(_inferenceChannel);
        Models = new ModelService.ModelServiceClient(_inferenceChannel);
        Render = new RenderService.RenderServiceClient(_renderChannel);

        Uri Endpoint(string service, string name) =>
            new(endpoints.RootElement.GetProperty(service).GetProperty(name).GetString()!);
    }

    /// <summary>Process number of a service of the stack, found among the app host's descendants.</summary>
    public int ProcessOf(string assembly) => Descendants(_host!.Id)
        .Single(id => CommandLine(id) is var line && line.Contains(assembly, StringComparison.Ordinal)
            && !line.Contains("setpriv", StringComparison.Ordinal) && !line.StartsWith("sh", StringComparison.Ordinal));

    public async Task DisposeAsync()
    {
        _inferenceChannel?.Dispose();
        _renderChannel?.Dispose();
        if (_host is not null)
        {
            if (!_host.HasExited)
            {
                const int sigterm = 15;
                _ = Kill(_host.Id, sigterm);
                using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
                await _host.WaitForExitAsync(limit.Token).ConfigureAwait(false);
            }

            _host.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>The installed networks, and beside them one whose weights were cut off in the middle.</summary>
    private string ModelRoot()
    {
        var root = Root;
        (string Source, string Name)[] models =
            [("nanodet", "nanodet"), ("posenet", "posenet"), ("posenet", "truncated"), ("fashion-cnn", "fashion-cnn")];
        foreach (var (source, name) in models)
        {
            Directory.CreateDirectory(Path.Combine(root, name));
            foreach (var file in Directory.EnumerateFiles(Path.Combine(RepositoryPaths.Models, source)))
            {
                var target = name != source && Path.GetExtension(file) == ".json" ? name + ".json" : Path.GetFileName(file);
                File.Copy(file, Path.Combine(root, name, target));
            }
        }

        using var weights = File.OpenWrite(Path.Combine(root, "truncated", "posenet.bin"));
        weights.SetLength(weights.Length / 2);
        return root;
    }

    private static string CommandLine(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cmdline").Replace('\0', ' ');
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static IEnumerable<int> Descendants(int process)
    {
        foreach (var task in Directory.EnumerateDirectories($"/proc/{process}/task"))
        {
            foreach (var child in File.ReadAllText(Path.Combine(task, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                var id = int.Parse(child, System.Globalization.CultureInfo.InvariantCulture);
                yield return id;
                foreach (var below in Descendants(id))
                {
                    yield return below;
                }
            }
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int Kill(int process, int signal);

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (_log)
        {
            _log.AppendLine(line.Data);
        }
    }
}

[CollectionDefinition(Name)]
[System.Diagnostics.CodeAnalysis.SuppressMessage("Naming", "CA1711", Justification = "xunit's own word")]
public sealed class StackCollection : ICollectionFixture<StackFixture>
{
    public const string Name = "stack";
}
