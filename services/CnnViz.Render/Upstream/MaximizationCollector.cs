using CnnViz.V1;

namespace CnnViz.Render.Upstream;

/// <summary>Gathers a run's results and images from its events.</summary>
internal sealed class MaximizationCollector
{
    private readonly TensorReader _reader = new();
    private readonly Dictionary<RunImage, ReceivedTensor> _images = [];
    private readonly List<MaximizationResult> _results = [];
    private RunImage _last;

    public MaximizationStarted? Started { get; private set; }

    public MaximizationCompleted? Completed { get; private set; }

    /// <summary>All results that came, in their order, without their images.</summary>
    public IReadOnlyList<MaximizationResult> Results => _results;

    /// <summary>A final image; null when its filter's gradient was zero.</summary>
    public ReceivedTensor? Image(RunImage image) => _images.GetValueOrDefault(image);

    /// <summary>Takes an event; gives what of it goes on to the caller: all but images.</summary>
    public MaximizationEvent? Take(MaximizationEvent happened)
    {
        switch (happened.EventCase)
        {
            case MaximizationEvent.EventOneofCase.Result:
                var result = happened.Result;
                _last = new RunImage(result.Filter, result.Variant);
                if (result.Image is { } header)
                {
                    _reader.Begin(header);
                }

                var bare = happened.Clone();
                bare.Result.Image = null;
                _results.Add(bare.Result);
                return bare;
            case MaximizationEvent.EventOneofCase.Chunk:
                if (_reader.Add(happened.Chunk) is { } image)
                {
                    _images[_last] = image;
                }

                return null;
            case MaximizationEvent.EventOneofCase.Started:
                Started = happened.Started;
                return happened;
            case MaximizationEvent.EventOneofCase.Completed:
                Completed = happened.Completed;
                return happened;
            default:
                return happened;
        }
    }
}
