namespace CnnViz.Engine.Maximization;

/// <summary>Which published procedure a maximization follows.</summary>
public enum MaximizationRecipe
{
    /// <summary>
    /// Keras' "Visualizing what convnets learn": grey noise in pixel space, steps along the normalized gradient. Fast, and
    /// faithful to the tutorial; deep layers come out as grey noise.
    /// </summary>
    Keras,

    /// <summary>
    /// Feature visualization in the manner of the lucid library: decorrelated Fourier space, random transforms, Adam. Shows
    /// objects where the plain recipe shows noise.
    /// </summary>
    Lucid,

    /// <summary>
    /// MaCo: the Fourier magnitudes are those of photographs and only the phases are optimised, seen through many random crops.
    /// Large pictures without high-frequency noise, at many times the cost.
    /// </summary>
    Maco,
}

/// <summary>The random map that the network sees the picture through.</summary>
public enum TransformKind
{
    /// <summary>None.</summary>
    Identity,

    /// <summary><see cref="RollTransform"/> by up to <see cref="MaximizationOptions.ShiftPixels"/>, rounded down.</summary>
    Roll,

    /// <summary><see cref="AffineTransform"/> with the options' degrees, scale and shift.</summary>
    Affine,

    /// <summary><see cref="LucidTransform"/> with the numbers of <see cref="MaximizationOptions.LucidChain"/>.</summary>
    LucidChain,

    /// <summary>Several <see cref="CropTransform"/>s per step with the numbers of <see
    /// cref="MaximizationOptions.Crops"/>.</summary>
    Crops,
}

/// <summary>What is measured at the layer.</summary>
public enum ObjectiveKind
{
    /// <summary><see cref="ChannelObjective"/>: a channel's mean; at a layer of class logits, a class.</summary>
    Channel,

    /// <summary><see cref="NeuronObjective"/>: one cell of a channel.</summary>
    Neuron,

    /// <summary><see cref="DirectionObjective"/>: a direction in channel space.</summary>
    Direction,

    /// <summary><see cref="DeepDreamObjective"/>: the mean square of the whole layer.</summary>
    DeepDream,
}

/// <summary>What the optimiser changes.</summary>
public enum ParameterizationKind
{
    /// <summary><see cref="PixelParameterization"/>.</summary>
    Pixels,

    /// <summary><see cref="FourierParameterization"/>.</summary>
    Fourier,

    /// <summary><see cref="MacoParameterization"/>.</summary>
    Maco,
}

/// <summary>How the optimiser moves.</summary>
public enum OptimizerKind
{
    /// <summary><see cref="NormalizedGradientAscent"/>.</summary>
    NormalizedGradient,

    /// <summary><see cref="Maximization.Adam"/>.</summary>
    Adam,

    /// <summary><see cref="Maximization.Nadam"/>.</summary>
    Nadam,
}
