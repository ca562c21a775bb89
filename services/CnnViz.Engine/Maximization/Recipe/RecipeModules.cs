using CnnViz.Models;

namespace CnnViz.Engine.Maximization;

/// <summary>The four modules that a run is put together from.</summary>
public sealed record RecipeModules(
    IObjective Objective, IParameterization Parameterization, ITransform Transform, IOptimizer Optimizer)
{
    /// <summary>The modules that valid options describe.</summary>
    /// <param name="options">Checked by <see cref="MaximizationValidator"/>.</param>
    /// <param name="imageShape">The picture's shape in ascent space.</param>
    public static RecipeModules Create(MaximizationOptions options, TensorShape imageShape)
    {
        var objective = new ChannelObjective(options.Layer, options.Border);
        ITransform transform = options.Transform switch
        {
            TransformKind.Identity => new IdentityTransform(),
            TransformKind.Roll => new RollTransform(imageShape, (int)options.ShiftPixels),
            TransformKind.Affine =>
                new AffineTransform(imageShape, options.RotationDegrees, options.ScaleJitter, options.ShiftPixels),
            TransformKind.LucidChain => new LucidTransform(imageShape),
            _ => throw new ArgumentOutOfRangeException(nameof(options), options.Transform, "unknown transform"),
        };
        return options.Recipe switch
        {
            MaximizationRecipe.Keras => new RecipeModules(
                objective,
                new PixelParameterization(imageShape, options.NoiseAmplitude),
                transform,
                new NormalizedGradientAscent(options.LearningRate)),
            MaximizationRecipe.Lucid => new RecipeModules(
                objective,
                new FourierParameterization(imageShape, options.SpectrumDeviation),
                transform,
                new Adam(options.LearningRate, options.AdamBeta1, options.AdamBeta2, options.AdamEpsilon)),
            _ => throw new ArgumentOutOfRangeException(nameof(options), options.Recipe, "unknown recipe"),
        };
    }
}
