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

    /// <summary><see cref="LucidTransform"/>, whose numbers are fixed.</summary>
    LucidChain,
}

/// <summary>
/// What to maximize and how. <see cref="ForRecipe"/> fills in the recipe's numbers; change single ones with a with-expression.
/// The defaults written here are those of <see cref="MaximizationRecipe.Keras"/>.
/// </summary>
public sealed record MaximizationOptions
{
    public MaximizationRecipe Recipe { get; init; }

    /// <summary>The layer whose filters are maximized.</summary>
    public required string Layer { get; init; }

    /// <summary>The filters (channels, or units of a dense layer), 1 to 512, each at most once.</summary>
    public required IReadOnlyList<int> Filters { get; init; }

    /// <summary>Picture height in pixels, 16 to 1024, a multiple of what the model asks for.</summary>
    public required int Height { get; init; }

    /// <summary>Picture width in pixels, 16 to 1024, a multiple of what the model asks for.</summary>
    public required int Width { get; init; }

    /// <summary>Ascent steps, 1 to 4096. Keras: 30. Lucid: 160.</summary>
    public int Steps { get; init; } = 30;

    /// <summary>
    /// Step size, above 0 and at most 1000. Keras: 10, the length of a step in ascent space. Lucid: 0.05, Adam's rate.
    /// </summary>
    public double LearningRate { get; init; } = 10;

    /// <summary>Seed of all random numbers: same seed, engine and thread count, same pictures to the last bit.</summary>
    public ulong Seed { get; init; }

    /// <summary>Previews come after every this many steps; 0 = none. 0 to 4096.</summary>
    public int PreviewInterval { get; init; }

    /// <summary>Feature map cells left out of the objective on each side, 0 to 64. Keras: 2. Lucid: 1.</summary>
    public int Border { get; init; } = 2;

    /// <summary>Keras: full width of the uniform starting noise in ascent space, 0 to 2.</summary>
    public double NoiseAmplitude { get; init; } = 0.25;

    /// <summary>Lucid: standard deviation of the starting Fourier coefficients, above 0, at most 10.</summary>
    public double SpectrumDeviation { get; init; } = 0.01;

    /// <summary>Keras: roll, by 0 pixels unless <see cref="ShiftPixels"/> says more. Lucid: affine.</summary>
    public TransformKind Transform { get; init; } = TransformKind.Roll;

    /// <summary>Largest turn either way of <see cref="TransformKind.Affine"/>, in degrees, 0 to 180.</summary>
    public double RotationDegrees { get; init; } = 8;

    /// <summary>Largest relative magnification either way of <see cref="TransformKind.Affine"/>, 0 to 0.5.</summary>
    public double ScaleJitter { get; init; } = 0.1;

    /// <summary>Largest shift either way per axis of affine and roll, in pixels, 0 to 64. Keras: 0. Lucid: 8.</summary>
    public double ShiftPixels { get; init; }

    /// <summary>Lucid: Adam's decay of the mean, in [0, 1).</summary>
    public double AdamBeta1 { get; init; } = 0.9;

    /// <summary>Lucid: Adam's decay of the mean square, in [0, 1).</summary>
    public double AdamBeta2 { get; init; } = 0.999;

    /// <summary>Lucid: Adam's epsilon, above 0 and at most 1.</summary>
    public double AdamEpsilon { get; init; } = 1e-8;

    /// <summary>The recipe's own numbers for these filters at this size.</summary>
    public static MaximizationOptions ForRecipe(
        MaximizationRecipe recipe, string layer, IReadOnlyList<int> filters, int height, int width)
    {
        var keras = new MaximizationOptions { Layer = layer, Filters = filters, Height = height, Width = width };
        return recipe switch
        {
            MaximizationRecipe.Lucid => keras with
            {
                Recipe = MaximizationRecipe.Lucid,
                Steps = 160,
                LearningRate = 0.05,
                Border = 1,
                Transform = TransformKind.Affine,
                ShiftPixels = 8,
            },
            MaximizationRecipe.Keras => keras,
            _ => keras with { Recipe = recipe },
        };
    }
}
