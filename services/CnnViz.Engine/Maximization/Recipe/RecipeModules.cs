using CnnViz.Models;

namespace CnnViz.Engine.Maximization;

/// <summary>The modules that a run is put together from.</summary>
/// <param name="Terms">What is maximized, the run's own objective first; their weighted sum.</param>
/// <param name="Regularizers">Penalties on the picture, with their weights.</param>
/// <param name="Parameterization">What the optimiser changes.</param>
/// <param name="Transforms">What the network sees the picture through at each step: one view of it, or several.</param>
/// <param name="Whole">How the network sees the finished picture: as it is, or resized.</param>
/// <param name="Optimizer">How it moves.</param>
public sealed record RecipeModules(
    IReadOnlyList<ObjectiveTerm> Terms,
    IReadOnlyList<(IRegularizer Penalty, double Weight)> Regularizers,
    IParameterization Parameterization,
    IReadOnlyList<ITransform> Transforms,
    ITransform Whole,
    IOptimizer Optimizer)
{
    /// <summary>The modules that valid options describe.</summary>
    /// <param name="options">Checked by <see cref="MaximizationValidator"/>.</param>
    /// <param name="imageShape">The picture's shape in ascent space.</param>
    public static RecipeModules Create(MaximizationOptions options, TensorShape imageShape)
    {
        var network = new TensorShape(imageShape.Channels, options.NetworkHeight, options.NetworkWidth);
        return new RecipeModules(
            CreateTerms(options),
            CreateRegularizers(options.Regularization, imageShape),
            CreateParameterization(options, imageShape),
            CreateTransforms(options, imageShape, network),
            new ResizeTransform(imageShape, network),
            CreateOptimizer(options));
    }

    /// <summary>What valid options maximize, the run's own objective first.</summary>
    internal static IReadOnlyList<ObjectiveTerm> CreateTerms(MaximizationOptions options)
    {
        IObjective main = options.Objective switch
        {
            ObjectiveKind.Neuron => new NeuronObjective(options.Layer, options.NeuronRow, options.NeuronColumn),
            ObjectiveKind.Direction =>
                new DirectionObjective(options.Layer, options.Direction, options.CosinePower, options.Border),
            _ => Plain(options.Objective, options.Layer, options.Border),
        };
        return
        [
            new ObjectiveTerm(main),
            .. options.Terms.Select(term =>
                new ObjectiveTerm(Plain(term.Objective, term.Layer, options.Border), term.Weight, term.Filter)),
        ];
    }

    private static IObjective Plain(ObjectiveKind kind, string layer, int border) => kind switch
    {
        ObjectiveKind.Channel => new ChannelObjective(layer, border),
        ObjectiveKind.Neuron => new NeuronObjective(layer),
        ObjectiveKind.DeepDream => new DeepDreamObjective(layer),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "unknown objective"),
    };

    private static List<(IRegularizer, double)> CreateRegularizers(RegularizationOptions weights, TensorShape shape)
    {
        (double Weight, Func<IRegularizer> Create)[] all =
        [
            (weights.TotalVariation, () => new TotalVariation(shape)),
            (weights.L1, () => new L1Penalty()),
            (weights.L2, () => new L2Penalty()),
            (weights.Blur, () => new BlurPenalty(shape, weights.BlurSigma)),
        ];
        return [.. all.Where(one => one.Weight > 0).Select(one => (one.Create(), one.Weight))];
    }

    private static IParameterization CreateParameterization(MaximizationOptions options, TensorShape shape) =>
        options.Parameterization switch
        {
            ParameterizationKind.Pixels =>
                new PixelParameterization(shape, options.NoiseAmplitude, options.DecorrelateColor, options.Bounded),
            ParameterizationKind.Fourier =>
                new FourierParameterization(shape, options.SpectrumDeviation, options.DecorrelateColor, options.Bounded),
            ParameterizationKind.Maco => new MacoParameterization(shape, decorrelate: options.DecorrelateColor),
            _ => throw new ArgumentOutOfRangeException(nameof(options), options.Parameterization, "unknown parameterization"),
        };

    private static IReadOnlyList<ITransform> CreateTransforms(
        MaximizationOptions options, TensorShape shape, TensorShape network) => options.Transform switch
        {
            TransformKind.Identity => [new IdentityTransform()],
            TransformKind.Roll => [new RollTransform(shape, (int)options.ShiftPixels)],
            TransformKind.Affine =>
                [new AffineTransform(shape, options.RotationDegrees, options.ScaleJitter, options.ShiftPixels)],
            TransformKind.LucidChain => [new LucidTransform(shape, options.LucidChain)],
            TransformKind.Crops =>
                [.. Enumerable.Range(0, options.Crops.Count).Select(_ => new CropTransform(shape, network, options.Crops))],
            _ => throw new ArgumentOutOfRangeException(nameof(options), options.Transform, "unknown transform"),
        };

    private static IOptimizer CreateOptimizer(MaximizationOptions options) => options.Optimizer switch
    {
        OptimizerKind.NormalizedGradient => new NormalizedGradientAscent(options.LearningRate),
        OptimizerKind.Adam =>
            new Adam(options.LearningRate, options.AdamBeta1, options.AdamBeta2, options.AdamEpsilon),
        OptimizerKind.Nadam =>
            new Nadam(options.LearningRate, options.AdamBeta1, options.AdamBeta2, options.AdamEpsilon),
        _ => throw new ArgumentOutOfRangeException(nameof(options), options.Optimizer, "unknown optimizer"),
    };
}
