using CnnViz.V1;

namespace CnnViz.Render.Upstream;

/// <summary>Gathers a run's images from its events.</summary>
internal sealed class MaximizationCollector
{
    private readonly TensorReader _reader = new();
    private readonly Dictionary<int, ReceivedTensor> _images = [];
    private int _filter;

    public MaximizationStarted? Started { get; private set; }

    public MaximizationCompleted? Completed { get; private set; }

    /// <summary>A filter's final image; null when its gradient was zero.</summary>
    public ReceivedTensor? Image(int filter) => _images.GetValueOrDefault(filter);

    /// <summary>Takes an event; true when it belongs to the run's progress, false when it carries an image.</summary>
    public bool Take(MaximizationEvent happened)
    {
        switch (happened.EventCase)
        {
            case MaximizationEvent.EventOneofCase.Result:
                _filter = happened.Result.Filter;
                if (happened.Result.Image is { } header)
                {
                    _reader.Begin(header);
                }

                return false;
            case MaximizationEvent.EventOneofCase.Chunk:
                if (_reader.Add(happened.Chunk) is { } image)
                {
                    _images[_filter] = image;
                }

                return false;
            case MaximizationEvent.EventOneofCase.Started:
                Started = happened.Started;
                return true;
            case MaximizationEvent.EventOneofCase.Completed:
                Completed = happened.Completed;
                return true;
            default:
                return true;
        }
    }
}
