using CnnViz.Engine.Maximization;
using CnnViz.Models;
using CnnViz.ServiceDefaults.Errors;
using CnnViz.V1;

namespace CnnViz.Inference.Requests;

/// <summary>A MaximizeFilter request as the engine's options, checked.</summary>
internal static class MaximizationRequests
{
    private const int KerasSize = 180;
    private const int LucidSize = 128;

    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT naming every field that is not allowed.</exception>
    public static MaximizationOptions Read(ModelGraph graph, Layer layer, MaximizeFilterRequest request)
    {
        var settings = request.Settings ?? new MaximizationSettings();
        var recipe = settings.Recipe switch
        {
            Recipe.Keras => MaximizationRecipe.Keras,
            Recipe.Lucid or Recipe.Unspecified => MaximizationRecipe.Lucid,
            _ => throw RpcErrors.InvalidArgument(("settings.recipe", $"{settings.Recipe:D} is no recipe")),
        };
        var size = DefaultSize(recipe, graph.Input);
        var options = MaximizationOptions.ForRecipe(
            recipe,
            layer.Name,
            Filters(graph, request),
            settings.HasHeight ? settings.Height : size.Height,
            settings.HasWidth ? settings.Width : size.Width);
        options = Override(options, settings);

        var violations = new MaximizationValidator(MaximizationLimits.Default).Validate(options, graph);
        if (violations.Count > 0)
        {
            throw Refusal(violations);
        }

        var shape = ModelRequests.Shape(graph, "layer", layer.Name, options.Height, options.Width);
        var unknown = MaximizationValidator.ValidateFilters(options, shape);
        return unknown.Count == 0 ? options : throw Refusal(unknown);
    }

    /// <summary>The layer to maximise at: the one named, or for classes the one that has them.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT without a name, NOT_FOUND for an unknown one.</exception>
    public static Layer Layer(ModelGraph graph, MaximizeFilterRequest request)
    {
        if (request.Layer.Length > 0 || request.Classes.Count == 0)
        {
            return ModelRequests.Layer(graph, "layer", request.Layer);
        }

        return ClassLayers.Of(graph)
            ?? throw RpcErrors.InvalidArgument(("layer", $"must be given: no layer of model '{graph.Name}' is known to have its classes"));
    }

    /// <summary>The engine's violations under the names of the request's fields.</summary>
    public static Grpc.Core.RpcException Refusal(IReadOnlyList<FieldViolation> violations) =>
        RpcErrors.InvalidArgument(
            [.. violations.Select(v => (RequestField(v.Field), $"{v.Reason}, not {Fields.Quote(v.Value)}"))]);

    private static string RequestField(string option) =>
        option.StartsWith("filters", StringComparison.Ordinal) || option == "layer" ? option : $"settings.{option}";

    private static MaximizationOptions Override(MaximizationOptions recipe, MaximizationSettings settings) => recipe with
    {
        Steps = settings.HasSteps ? settings.Steps : recipe.Steps,
        LearningRate = settings.HasLearningRate ? settings.LearningRate : recipe.LearningRate,
        Seed = settings.HasSeed ? settings.Seed : recipe.Seed,
        Border = settings.HasBorder ? settings.Border : recipe.Border,
        PreviewInterval = settings.HasPreviewInterval ? settings.PreviewInterval : recipe.PreviewInterval,
        RotationDegrees = settings.HasRotationDegrees ? settings.RotationDegrees : recipe.RotationDegrees,
        ScaleJitter = settings.HasScaleJitter ? settings.ScaleJitter : recipe.ScaleJitter,
        ShiftPixels = settings.HasShiftPixels ? settings.ShiftPixels : recipe.ShiftPixels,
        SpectrumDeviation = settings.HasSpectrumDeviation ? settings.SpectrumDeviation : recipe.SpectrumDeviation,
    };

    private static (int Height, int Width) DefaultSize(MaximizationRecipe recipe, InputSpec input)
    {
        if (input.FixedSize)
        {
            return (input.Height, input.Width);
        }

        var wanted = recipe == MaximizationRecipe.Keras ? KerasSize : LucidSize;
        var fitting = (wanted + input.SizeMultiple - 1) / input.SizeMultiple * input.SizeMultiple;
        return (fitting, fitting);
    }

    private static IReadOnlyList<int> Filters(ModelGraph graph, MaximizeFilterRequest request)
    {
        if (request.Classes.Count == 0)
        {
            return request.Filters;
        }

        if (request.Filters.Count > 0)
        {
            throw RpcErrors.InvalidArgument(("classes", "cannot be given together with filters"));
        }

        if (graph.Labels.Count == 0)
        {
            throw RpcErrors.InvalidArgument(("classes", $"model '{graph.Name}' has no class names; give filters"));
        }

        var filters = new List<int>(request.Classes.Count);
        for (var i = 0; i < request.Classes.Count; i++)
        {
            var name = request.Classes[i];
            var index = graph.Labels.ToList().FindIndex(label => string.Equals(label, name, StringComparison.OrdinalIgnoreCase));
            if (index < 0)
            {
                var nearest = name.Length > 200 ? [] : NameSuggestions.Nearest(name, graph.Labels);
                throw RpcErrors.InvalidArgument(
                    ($"classes[{i}]", $"{Fields.Quote(name)} is no class of model '{graph.Name}'; the nearest are {string.Join(", ", nearest)}"));
            }

            filters.Add(index);
        }

        return filters;
    }
}
