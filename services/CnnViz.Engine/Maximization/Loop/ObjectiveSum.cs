using System.Numerics.Tensors;

namespace CnnViz.Engine.Maximization;

/// <summary>The weighted sum of a run's terms, over one or more layers of the same pass.</summary>
internal sealed class ObjectiveSum(IReadOnlyList<ObjectiveTerm> terms)
{
    /// <summary>Names of the layers that the terms read, each once.</summary>
    public IReadOnlyList<string> Layers { get; } = [.. terms.Select(term => term.Objective.Layer).Distinct()];

    /// <summary>The value for one sample; its cotangents, times a scale, overwrite those of every layer.</summary>
    /// <param name="buffers">Hold the sample's activations.</param>
    /// <param name="sample">Which sample.</param>
    /// <param name="filter">The filter that the picture is for.</param>
    /// <param name="scale">What the cotangents are multiplied by.</param>
    public double Evaluate(NetworkBuffers buffers, int sample, int filter, double scale)
    {
        if (terms is [{ Weight: 1, Filter: null } only] && scale == 1)
        {
            return Term(buffers, sample, only.Objective, filter, buffers.Layer(only.Objective.Layer).Cotangent(sample));
        }

        var scratch = new float[buffers.Layers.Max(layer => layer.Length)];
        foreach (var layer in buffers.Layers)
        {
            layer.Cotangent(sample).Clear();
        }

        double sum = 0;
        foreach (var term in terms)
        {
            var target = buffers.Layer(term.Objective.Layer).Cotangent(sample);
            var cotangent = scratch.AsSpan(0, target.Length);
            sum += term.Weight * Term(buffers, sample, term.Objective, term.Filter ?? filter, cotangent);
            TensorPrimitives.MultiplyAdd(cotangent, (float)(term.Weight * scale), target, target);
        }

        return sum;
    }

    /// <summary>The run's own objective alone, without further terms.</summary>
    public double EvaluateMain(NetworkBuffers buffers, int sample, int filter) =>
        Term(buffers, sample, terms[0].Objective, filter, new float[buffers.Layer(terms[0].Objective.Layer).Length]);

    private static double Term(NetworkBuffers buffers, int sample, IObjective objective, int filter, Span<float> cotangent)
    {
        var layer = buffers.Layer(objective.Layer);
        return objective.Evaluate(layer.Activation(sample), layer.Shape, filter, cotangent);
    }
}
