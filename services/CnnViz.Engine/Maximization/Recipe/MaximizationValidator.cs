using CnnViz.Models;

namespace CnnViz.Engine.Maximization;

/// <summary>Checks options before any work is done, and says for each bad value what is allowed.</summary>
/// <param name="limits">The largest values allowed.</param>
public sealed class MaximizationValidator(MaximizationLimits limits)
{
    /// <summary>Most channels whose Gram matrices are compared.</summary>
    private const int MaxGramChannels = 4096;

    /// <summary>Checks what can be known without the model.</summary>
    /// <returns>Every violation; empty if there is none.</returns>
    public IReadOnlyList<FieldViolation> Validate(MaximizationOptions options) => Check(options).Violations;

    /// <summary>As <see cref="Validate(MaximizationOptions)"/>, and layers' names and the size against a model.</summary>
    public IReadOnlyList<FieldViolation> Validate(MaximizationOptions options, ModelGraph graph)
    {
        var checks = Check(options);
        if (!string.IsNullOrWhiteSpace(options.Layer) && graph.Find(options.Layer) is null)
        {
            checks.Refuse("layer", options.Layer, $"model '{graph.Name}' has no such layer");
        }

        for (var i = 0; i < options.Terms.Count; i++)
        {
            if (!string.IsNullOrWhiteSpace(options.Terms[i].Layer) && graph.Find(options.Terms[i].Layer) is null)
            {
                checks.Refuse($"terms[{i}].layer", options.Terms[i].Layer, $"model '{graph.Name}' has no such layer");
            }
        }

        var ofCrops = options.NetworkHeight != options.Height || options.NetworkWidth != options.Width;
        CheckSize(checks, ofCrops ? "crops.size" : "height", options.NetworkHeight, graph.Input.Height, graph.Input);
        CheckSize(checks, ofCrops ? "crops.size" : "width", options.NetworkWidth, graph.Input.Width, graph.Input);
        if (options.Score && graph.Input.Order is not (ChannelOrder.Gray or ChannelOrder.Rgb or ChannelOrder.Bgr or ChannelOrder.Rgba))
        {
            checks.Refuse("score", "true", $"model '{graph.Name}' takes no pictures that photographs could stand for");
        }

        return checks.Violations;
    }

    /// <summary>Checks filters, cell and direction against the compiled layer's shape.</summary>
    public static IReadOnlyList<FieldViolation> ValidateFilters(MaximizationOptions options, TensorShape layerShape)
    {
        var checks = new FieldChecks();
        for (var i = 0; i < options.Filters.Count; i++)
        {
            if (options.Filters[i] >= layerShape.Channels)
            {
                checks.Refuse(
                    $"filters[{i}]",
                    FieldChecks.Text(options.Filters[i]),
                    $"layer '{options.Layer}' has filters 0 to {layerShape.Channels - 1}");
            }
        }

        var plane = (int)(layerShape.ElementCount / layerShape.Channels);
        var (height, width) = layerShape.IsFeatureMap ? (layerShape.Height, layerShape.Width) : (1, plane);
        if (options.Objective == ObjectiveKind.Neuron)
        {
            checks.Integer("neuron_row", options.NeuronRow, -1, height - 1);
            checks.Integer("neuron_column", options.NeuronColumn, -1, width - 1);
        }

        if (options.Objective == ObjectiveKind.Direction && options.Direction.Count != layerShape.Channels)
        {
            checks.Refuse(
                "direction",
                $"{options.Direction.Count} numbers",
                $"layer '{options.Layer}' has {layerShape.Channels} channels, one number for each");
        }

        if (options.Diversity.Variants > 1 && layerShape.Channels > MaxGramChannels)
        {
            checks.Refuse(
                "diversity.variants",
                FieldChecks.Text(options.Diversity.Variants),
                $"only 1 goes with more than {MaxGramChannels} channels");
        }

        return checks.Violations;
    }

    /// <summary>Checks the further terms' filters against their layers' shapes.</summary>
    /// <param name="options">Their terms' layers exist.</param>
    /// <param name="shapeOf">A layer's shape by its name.</param>
    public static IReadOnlyList<FieldViolation> ValidateTerms(MaximizationOptions options, Func<string, TensorShape> shapeOf)
    {
        var checks = new FieldChecks();
        for (var i = 0; i < options.Terms.Count; i++)
        {
            if (options.Terms[i].Objective != ObjectiveKind.DeepDream)
            {
                checks.Integer($"terms[{i}].filter", options.Terms[i].Filter, 0, shapeOf(options.Terms[i].Layer).Channels - 1);
            }
        }

        return checks.Violations;
    }

    private FieldChecks Check(MaximizationOptions options)
    {
        var checks = new FieldChecks();
        checks.Enumeration("recipe", options.Recipe);
        checks.Enumeration("transform", options.Transform);
        checks.Enumeration("objective", options.Objective);
        checks.Enumeration("parameterization", options.Parameterization);
        checks.Enumeration("optimizer", options.Optimizer);
        if (string.IsNullOrWhiteSpace(options.Layer))
        {
            checks.Refuse("layer", options.Layer ?? "", "a layer's name is needed");
        }

        CheckFilters(checks, options.Filters);
        checks.Integer("height", options.Height, limits.MinSize, limits.MaxSize);
        checks.Integer("width", options.Width, limits.MinSize, limits.MaxSize);
        checks.Integer("steps", options.Steps, 1, limits.MaxSteps);
        checks.Integer("preview_interval", options.PreviewInterval, 0, limits.MaxSteps);
        checks.Integer("border", options.Border, 0, 64);
        checks.Positive("learning_rate", options.LearningRate, limits.MaxLearningRate);
        checks.Range("noise_amplitude", options.NoiseAmplitude, 2);
        checks.Positive("spectrum_deviation", options.SpectrumDeviation, 10);
        checks.Range("rotation_degrees", options.RotationDegrees, 180);
        checks.Range("scale_jitter", options.ScaleJitter, 0.5);
        checks.Range("shift_pixels", options.ShiftPixels, 64);
        checks.BelowOne("adam_beta1", options.AdamBeta1);
        checks.BelowOne("adam_beta2", options.AdamBeta2);
        checks.Positive("adam_epsilon", options.AdamEpsilon, 1);
        PartChecks.Check(checks, options, limits);
        return checks;
    }

    private static void CheckSize(FieldChecks checks, string field, int value, int declared, InputSpec input)
    {
        if (input.FixedSize && value != declared)
        {
            checks.Refuse(field, FieldChecks.Text(value), $"the model runs only at {FieldChecks.Text(declared)}");
        }
        else if (input.SizeMultiple > 1 && value % input.SizeMultiple != 0)
        {
            checks.Refuse(field, FieldChecks.Text(value), $"the model needs a multiple of {FieldChecks.Text(input.SizeMultiple)}");
        }
    }

    private void CheckFilters(FieldChecks checks, IReadOnlyList<int>? filters)
    {
        if (filters is null || filters.Count == 0 || filters.Count > limits.MaxFilters)
        {
            checks.Refuse("filters", $"{filters?.Count ?? 0} filters", $"1 to {limits.MaxFilters} filters are allowed");
            return;
        }

        var seen = new HashSet<int>();
        for (var i = 0; i < filters.Count; i++)
        {
            if (filters[i] < 0)
            {
                checks.Refuse($"filters[{i}]", FieldChecks.Text(filters[i]), "filters count from 0");
            }
            else if (!seen.Add(filters[i]))
            {
                checks.Refuse($"filters[{i}]", FieldChecks.Text(filters[i]), "the filter is listed twice");
            }
        }
    }
}
