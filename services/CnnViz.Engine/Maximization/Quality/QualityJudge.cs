using CnnViz.Models;

namespace CnnViz.Engine.Maximization;

/// <summary>Scores a run's finished pictures.</summary>
internal sealed class QualityJudge
{
    private readonly NetworkBuffers _buffers;
    private readonly ObjectiveSum _objective;
    private readonly IReadOnlyList<ITransform> _views;
    private readonly float[] _reference;
    private readonly CancellationToken _cancellation;

    public QualityJudge(
        NetworkBuffers buffers,
        ObjectiveSum objective,
        MaximizationOptions options,
        InputMapping mapping,
        TensorShape image,
        RunHost host)
    {
        (_buffers, _objective, _cancellation) = (buffers, objective, host.Cancellation);
        _views = UnseenViews.Create(image, new TensorShape(mapping.Channels, options.NetworkHeight, options.NetworkWidth));
        _reference = host.Reference();
    }

    /// <summary>The scores of pictures whose activations, as they are, lie in the buffers.</summary>
    public QualityScore[] Judge(ReadOnlySpan<PictureSlot> slots)
    {
        var clean = Activations(slots);
        var transformed = new double[slots.Length];
        foreach (var view in _views)
        {
            _cancellation.ThrowIfCancellationRequested();
            for (var i = 0; i < slots.Length; i++)
            {
                slots[i].Show(view, _buffers.Input(i, 1));
            }

            _buffers.Forward(slots.Length, withGradient: false).Dispose();
            var values = Activations(slots);
            for (var i = 0; i < values.Length; i++)
            {
                transformed[i] += values[i] / _views.Count;
            }
        }

        var scores = new QualityScore[slots.Length];
        for (var i = 0; i < scores.Length; i++)
        {
            scores[i] = new QualityScore(_reference[slots[i].Filter], clean[i], transformed[i]);
        }

        return scores;
    }

    /// <summary>Each picture's activation as <see cref="QualityScore"/> defines it.</summary>
    private double[] Activations(ReadOnlySpan<PictureSlot> slots)
    {
        var values = new double[slots.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = _objective.EvaluateMain(_buffers, i, slots[i].Filter);
        }

        return values;
    }
}
