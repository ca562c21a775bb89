using CnnViz.Engine;
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
    private const int MacoSize = 256;
    private const int MacoCropSize = 128;

    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT naming every field that is not allowed.</exception>
    public static MaximizationOptions Read(ModelGraph graph, Layer layer, MaximizeFilterRequest request)
    {
        var settings = request.Settings ?? new MaximizationSettings();
        var recipe = settings.Recipe switch
        {
            Recipe.Keras => MaximizationRecipe.Keras,
            Recipe.Lucid or Recipe.Unspecified => MaximizationRecipe.Lucid,
            Recipe.Maco => MaximizationRecipe.Maco,
            _ => throw RpcErrors.InvalidArgument(("settings.recipe", $"{settings.Recipe:D} is no recipe")),
        };
        var ownSize = OwnSizeOnly(recipe, graph, layer);
        var size = ownSize ? (graph.Input.Height, graph.Input.Width) : DefaultSize(recipe, graph.Input);
        var options = MaximizationOptions.ForRecipe(
            recipe,
            layer.Name,
            Filters(graph, request, settings.Objective),
            settings.HasHeight ? settings.Height : size.Height,
            settings.HasWidth ? settings.Width : settings.HasHeight && !ownSize ? settings.Height : size.Width);
        options = Override(options, settings, graph, layer, ownSize);

        var violations = new MaximizationValidator(MaximizationLimits.Default).Validate(options, graph);
        if (violations.Count > 0)
        {
            throw Refusal(violations);
        }

        var shape = ModelRequests.Shape(graph, "layer", layer.Name, options.NetworkHeight, options.NetworkWidth);
        IReadOnlyList<FieldViolation> unknown =
        [
            .. MaximizationValidator.ValidateFilters(options, shape),
            .. MaximizationValidator.ValidateTerms(options, term =>
                ModelRequests.Shape(graph, "settings.terms", term, options.NetworkHeight, options.NetworkWidth)),
        ];
        return unknown.Count == 0 ? options : throw Refusal(unknown);
    }

    /// <summary>How the run is computed.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT for a precision or threads that are not offered.</exception>
    public static RunSettings Settings(MaximizeFilterRequest request, IEngine engine)
    {
        var settings = new RunSettings { Precision = Precisions.Read(request.Precision), Threads = request.Threads };
        var lanes = engine.Lanes > 1 ? "1 or " : "";
        return settings.Suit(engine)
            ? settings
            : throw RpcErrors.InvalidArgument(
                ("threads", $"must be {lanes}{engine.Threads} on engine {engine.Name}, or 0, not {request.Threads}"));
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

    private static string RequestField(string option) => option switch
    {
        "layer" => option,
        _ when option.StartsWith("filters", StringComparison.Ordinal) => option,
        "neuron_row" or "neuron_column" or "direction" or "cosine_power" => $"settings.objective_settings.{option}",
        _ when option.StartsWith("adam_", StringComparison.Ordinal) => $"settings.adam.{option["adam_".Length..]}",
        _ => $"settings.{option}",
    };

    private static MaximizationOptions Override(
        MaximizationOptions recipe, MaximizationSettings settings, ModelGraph graph, Layer layer, bool ownSize) => recipe with
        {
            Objective = MaximizationParts.Read("settings.objective", settings.Objective),
            NeuronRow = Cell("neuron_row", settings.ObjectiveSettings?.HasNeuronRow, settings.ObjectiveSettings?.NeuronRow),
            NeuronColumn = Cell("neuron_column", settings.ObjectiveSettings?.HasNeuronColumn, settings.ObjectiveSettings?.NeuronColumn),
            Direction = settings.ObjectiveSettings?.Direction.ToArray() ?? [],
            CosinePower = settings.ObjectiveSettings?.CosinePower ?? 0,
            Terms = Terms(settings, graph, layer),
            Diversity = MaximizationParts.Read(settings.Diversity),
            Regularization = MaximizationParts.Read(settings.Regularization),
            Parameterization = MaximizationParts.Read(settings.Parameterization, recipe.Parameterization),
            DecorrelateColor = settings.HasDecorrelateColor ? settings.DecorrelateColor : recipe.DecorrelateColor,
            Bounded = settings.HasBounded ? settings.Bounded : recipe.Bounded,
            Transform = MaximizationParts.Read(settings.Transform, recipe.Transform),
            LucidChain = MaximizationParts.Read(settings.LucidChain),
            Crops = MaximizationParts.Read(
            settings.Crops, recipe.Recipe == MaximizationRecipe.Maco && !ownSize ? Fitting(MacoCropSize, graph.Input) : 0),
            Optimizer = MaximizationParts.Read(settings.Optimizer, recipe.Optimizer),
            AdamBeta1 = settings.Adam is { HasBeta1: true } ? settings.Adam.Beta1 : recipe.AdamBeta1,
            AdamBeta2 = settings.Adam is { HasBeta2: true } ? settings.Adam.Beta2 : recipe.AdamBeta2,
            AdamEpsilon = settings.Adam is { HasEpsilon: true } ? settings.Adam.Epsilon : recipe.AdamEpsilon,
            GradientBlurs = [.. settings.GradientBlurs],
            ReluReliefSteps = settings.HasReluReliefSteps ? settings.ReluReliefSteps : recipe.ReluReliefSteps,
            TransparencyMask = settings.TransparencyMask,
            Score = settings.Score,
            NoiseAmplitude = settings.HasNoiseAmplitude ? settings.NoiseAmplitude : recipe.NoiseAmplitude,
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

    /// <summary>Whether a layer runs at the network's own size alone: the whole network does, or a dense layer on the way.</summary>
    private static bool OwnSizeOnly(MaximizationRecipe recipe, ModelGraph graph, Layer layer)
    {
        if (graph.Input.FixedSize)
        {
            return true;
        }

        var size = recipe == MaximizationRecipe.Maco ? Fitting(MacoCropSize, graph.Input) : DefaultSize(recipe, graph.Input).Height;
        return !Runs(size, size) && Runs(graph.Input.Height, graph.Input.Width);

        bool Runs(int height, int width)
        {
            try
            {
                return ShapeInference.Infer(graph, height, width, [layer.Name]).Count > 0;
            }
            catch (ModelFormatException)
            {
                return false;
            }
        }
    }

    private static (int Height, int Width) DefaultSize(MaximizationRecipe recipe, InputSpec input)
    {
        var wanted = recipe switch
        {
            MaximizationRecipe.Keras => KerasSize,
            MaximizationRecipe.Maco => MacoSize,
            _ => LucidSize,
        };
        return (Fitting(wanted, input), Fitting(wanted, input));
    }

    private static int Fitting(int wanted, InputSpec input) =>
        (wanted + input.SizeMultiple - 1) / input.SizeMultiple * input.SizeMultiple;

    /// <summary>A cell's coordinate, -1 where unset; a negative one is no way to say so.</summary>
    private static int Cell(string field, bool? given, int? value) => (given, value) switch
    {
        (true, < 0) => throw RpcErrors.InvalidArgument(($"settings.objective_settings.{field}", $"0 or more is allowed, not {value}")),
        (true, { } position) => position,
        _ => -1,
    };

    private static List<TermOptions> Terms(MaximizationSettings settings, ModelGraph graph, Layer layer)
    {
        var terms = new List<TermOptions>();
        for (var i = 0; i < settings.Terms.Count; i++)
        {
            var term = settings.Terms[i];
            var name = term.Layer.Length == 0 ? layer.Name : ModelRequests.Layer(graph, $"settings.terms[{i}].layer", term.Layer).Name;
            terms.Add(new TermOptions
            {
                Objective = MaximizationParts.Read($"settings.terms[{i}].objective", term.Objective),
                Layer = name,
                Filter = term.Filter,
                Weight = term.HasWeight ? term.Weight : 1,
            });
        }

        return terms;
    }

    private static IReadOnlyList<int> Filters(ModelGraph graph, MaximizeFilterRequest request, Objective objective)
    {
        if (request.Classes.Count == 0)
        {
            // A direction and a deep dream are about no filter; one picture is what is meant.
            var about = objective is not (Objective.Direction or Objective.DeepDream);
            return request.Filters.Count > 0 || about ? request.Filters : [0];
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
