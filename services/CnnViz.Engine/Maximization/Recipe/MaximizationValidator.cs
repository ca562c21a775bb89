using System.Globalization;
using CnnViz.Models;

namespace CnnViz.Engine.Maximization;

/// <summary>Checks options before any work is done, and says for each bad value what is allowed.</summary>
/// <param name="limits">The largest values allowed.</param>
public sealed class MaximizationValidator(MaximizationLimits limits)
{
    /// <summary>Checks what can be known without the model.</summary>
    /// <returns>Every violation; empty if there is none.</returns>
    public IReadOnlyList<FieldViolation> Validate(MaximizationOptions options)
    {
        var violations = new List<FieldViolation>();
        CheckEnum(violations, "recipe", options.Recipe);
        CheckEnum(violations, "transform", options.Transform);
        if (string.IsNullOrWhiteSpace(options.Layer))
        {
            violations.Add(new FieldViolation("layer", options.Layer ?? "", "a layer's name is needed"));
        }

        CheckFilters(violations, options.Filters);
        CheckInteger(violations, "height", options.Height, limits.MinSize, limits.MaxSize);
        CheckInteger(violations, "width", options.Width, limits.MinSize, limits.MaxSize);
        CheckInteger(violations, "steps", options.Steps, 1, limits.MaxSteps);
        CheckInteger(violations, "preview_interval", options.PreviewInterval, 0, limits.MaxSteps);
        CheckInteger(violations, "border", options.Border, 0, 64);
        CheckPositive(violations, "learning_rate", options.LearningRate, limits.MaxLearningRate);
        CheckRange(violations, "noise_amplitude", options.NoiseAmplitude, 2);
        CheckPositive(violations, "spectrum_deviation", options.SpectrumDeviation, 10);
        CheckRange(violations, "rotation_degrees", options.RotationDegrees, 180);
        CheckRange(violations, "scale_jitter", options.ScaleJitter, 0.5);
        CheckRange(violations, "shift_pixels", options.ShiftPixels, 64);
        CheckBelowOne(violations, "adam_beta1", options.AdamBeta1);
        CheckBelowOne(violations, "adam_beta2", options.AdamBeta2);
        CheckPositive(violations, "adam_epsilon", options.AdamEpsilon, 1);
        return violations;
    }

    /// <summary>As <see cref="Validate(MaximizationOptions)"/>, and the layer's name and the size against a model.</summary>
    public IReadOnlyList<FieldViolation> Validate(MaximizationOptions options, ModelGraph graph)
    {
        var violations = new List<FieldViolation>(Validate(options));
        if (!string.IsNullOrWhiteSpace(options.Layer) && graph.Find(options.Layer) is null)
        {
            violations.Add(new FieldViolation("layer", options.Layer, $"model '{graph.Name}' has no such layer"));
        }

        CheckSize(violations, "height", options.Height, graph.Input.Height, graph.Input);
        CheckSize(violations, "width", options.Width, graph.Input.Width, graph.Input);
        return violations;
    }

    /// <summary>Checks the filters against the compiled layer's shape.</summary>
    public static IReadOnlyList<FieldViolation> ValidateFilters(MaximizationOptions options, TensorShape layerShape)
    {
        var violations = new List<FieldViolation>();
        for (var i = 0; i < options.Filters.Count; i++)
        {
            if (options.Filters[i] >= layerShape.Channels)
            {
                violations.Add(new FieldViolation(
                    $"filters[{i}]",
                    Text(options.Filters[i]),
                    $"layer '{options.Layer}' has filters 0 to {layerShape.Channels - 1}"));
            }
        }

        return violations;
    }

    private static void CheckSize(List<FieldViolation> violations, string field, int value, int declared, InputSpec input)
    {
        if (input.FixedSize && value != declared)
        {
            violations.Add(new FieldViolation(field, Text(value), $"the model runs only at {Text(declared)}"));
        }
        else if (input.SizeMultiple > 1 && value % input.SizeMultiple != 0)
        {
            violations.Add(new FieldViolation(field, Text(value), $"the model needs a multiple of {Text(input.SizeMultiple)}"));
        }
    }

    private void CheckFilters(List<FieldViolation> violations, IReadOnlyList<int>? filters)
    {
        if (filters is null || filters.Count == 0 || filters.Count > limits.MaxFilters)
        {
            violations.Add(new FieldViolation(
                "filters", $"{Text(filters?.Count ?? 0)} filters", $"1 to {Text(limits.MaxFilters)} filters are allowed"));
            return;
        }

        var seen = new HashSet<int>();
        for (var i = 0; i < filters.Count; i++)
        {
            if (filters[i] < 0)
            {
                violations.Add(new FieldViolation($"filters[{i}]", Text(filters[i]), "filters count from 0"));
            }
            else if (!seen.Add(filters[i]))
            {
                violations.Add(new FieldViolation($"filters[{i}]", Text(filters[i]), "the filter is listed twice"));
            }
        }
    }

    private static void CheckEnum<T>(List<FieldViolation> violations, string field, T value)
        where T : struct, Enum
    {
        if (!Enum.IsDefined(value))
        {
            var names = string.Join(", ", Enum.GetNames<T>());
            violations.Add(new FieldViolation(field, value.ToString(), $"one of {names} is allowed"));
        }
    }

    private static void CheckInteger(List<FieldViolation> violations, string field, int value, int low, int high)
    {
        if (value < low || value > high)
        {
            violations.Add(new FieldViolation(field, Text(value), $"{Text(low)} to {Text(high)} is allowed"));
        }
    }

    // The comparisons are written so that NaN fails them.
    private static void CheckRange(List<FieldViolation> violations, string field, double value, double high)
    {
        if (!(value >= 0 && value <= high))
        {
            violations.Add(new FieldViolation(field, Text(value), $"a finite number from 0 to {Text(high)} is allowed"));
        }
    }

    private static void CheckPositive(List<FieldViolation> violations, string field, double value, double high)
    {
        if (!(value > 0 && value <= high))
        {
            violations.Add(new FieldViolation(field, Text(value), $"a finite number above 0, at most {Text(high)}, is allowed"));
        }
    }

    private static void CheckBelowOne(List<FieldViolation> violations, string field, double value)
    {
        if (!(value >= 0 && value < 1))
        {
            violations.Add(new FieldViolation(field, Text(value), "a finite number from 0 and below 1 is allowed"));
        }
    }

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
}
