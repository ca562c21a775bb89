using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CnnViz.V1;
using Grpc.Core;
using Grpc.Net.Client;

namespace CnnViz.Stack.Tests.Secure;

/// <summary>A caller of the render service that asks both replicas of inference.</summary>
internal sealed class RenderCaller : IDisposable
{
    private readonly SecureServices _stack;
    private readonly GrpcChannel _channel;
    private readonly RenderService.RenderServiceClient _render;

    public RenderCaller(SecureServices stack)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.ImportFromPemFile(stack.Ca);
        _stack = stack;
        _channel = GrpcChannel.ForAddress(stack.OwnKeyRender.Grpc, new GrpcChannelOptions
        {
            HttpHandler = new SocketsHttpHandler { SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy } },
        });
        _render = new RenderService.RenderServiceClient(_channel);
    }

    private static Metadata Key => new() { { "x-api-key", SecureServices.PainterKey } };

    /// <summary>Begins pictures until one of them is computed by a replica; the result ends with that one.</summary>
    public async Task<Task<(List<ulong> Sequences, byte[] Picture)>> BeginOnAsync(ServiceProcess replica)
    {
        for (var seed = 1UL; seed < 20; seed++)
        {
            var begun = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            using var stop = new CancellationTokenSource();
            var drawing = DrawAsync(seed, begun, stop.Token);
            var run = await begun.Task.WaitAsync(TimeSpan.FromMinutes(1));
            ServiceProcess[] replicas = [_stack.First, _stack.Second];
            Assert.True(SpinWait.SpinUntil(
                () => replicas.Any(one => one.Log.Contains($"Run {run}", StringComparison.Ordinal)), TimeSpan.FromMinutes(1)));
            if (replica.Log.Contains($"Run {run}", StringComparison.Ordinal))
            {
                return drawing;
            }

            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<Exception>(() => drawing);

            // Calls go to the replicas in turns: this one makes the turn another.
            await _render.RenderFilters(new RenderFiltersRequest { Model = "patches", Layer = "conv2d_1" }, Key)
                .ResponseStream.ReadAllAsync().ToListAsync();
        }

        throw new InvalidOperationException("no picture was computed by that replica");
    }

    public void Dispose() => _channel.Dispose();

    private async Task<(List<ulong> Sequences, byte[] Picture)> DrawAsync(
        ulong seed, TaskCompletionSource<string> begun, CancellationToken cancellation)
    {
        var request = new RenderMaximizationRequest
        {
            Maximize = new MaximizeFilterRequest
            {
                Model = "nanodet",
                Layer = "Add_10",
                Filters = { 3, 4 },
                Settings = new MaximizationSettings { Steps = 1200, Seed = seed },
            },
        };
        var (sequences, header, file) = (new List<ulong>(), (PictureHeader?)null, new MemoryStream());
        using var call = _render.RenderMaximization(request, Key, cancellationToken: cancellation);
        await foreach (var message in call.ResponseStream.ReadAllAsync(cancellation))
        {
            header ??= message.Picture;
            file.Write((message.Chunk?.Data ?? Google.Protobuf.ByteString.Empty).Span);
            if (message.Event is { } happened)
            {
                sequences.Add(happened.Sequence);
                begun.TrySetResult(happened.RunId);
            }
        }

        Assert.Equal(header!.Sha256.ToByteArray(), SHA256.HashData(file.ToArray()));
        return (sequences, file.ToArray());
    }
}
