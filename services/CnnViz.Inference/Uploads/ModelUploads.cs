using CnnViz.Models;
using CnnViz.ServiceDefaults.Errors;
using Microsoft.Extensions.Options;

namespace CnnViz.Inference.Uploads;

/// <summary>Whether models are taken in, and how many at once.</summary>
internal sealed class ModelUploads(bool enabled, ModelStore store, IOptions<ModelUploadOptions> options) : IDisposable
{
    /// <summary>The environment variable that allows it.</summary>
    public const string Variable = "CNNVIZ_MODEL_UPLOADS";

    private static readonly TimeSpan _retryAfter = TimeSpan.FromSeconds(5);
    private readonly SemaphoreSlim _places = new(options.Value.Concurrency);

    /// <summary>How long an upload may send nothing.</summary>
    public TimeSpan Idle => options.Value.Idle;

    /// <summary>Where models are kept.</summary>
    /// <exception cref="Grpc.Core.RpcException">FAILED_PRECONDITION where nothing is taken in.</exception>
    public ModelStore Store => enabled
        ? store
        : throw RpcErrors.FailedPrecondition(
            "MODEL_UPLOADS_OFF",
            $"this service takes in no models and deletes none; whoever runs it may allow both with {Variable}=1",
            ("variable", Variable));

    /// <summary>Takes a place; disposing the result gives it back.</summary>
    /// <exception cref="Grpc.Core.RpcException">RESOURCE_EXHAUSTED when all are taken.</exception>
    public IDisposable Enter() => _places.Wait(TimeSpan.Zero)
        ? new Place(_places)
        : throw RpcErrors.ResourceExhausted(
            "UPLOADS_FULL",
            $"{options.Value.Concurrency} uploads are under way, which is the limit; try again later", _retryAfter);

    public void Dispose() => _places.Dispose();

    private sealed class Place(SemaphoreSlim places) : IDisposable
    {
        private SemaphoreSlim? _places = places;

        public void Dispose() => Interlocked.Exchange(ref _places, null)?.Release();
    }
}
