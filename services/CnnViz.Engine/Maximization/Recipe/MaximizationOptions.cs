namespace CnnViz.Engine.Maximization;

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

    /// <summary>What is measured.</summary>
    public ObjectiveKind Objective { get; init; }

    /// <summary>Neuron: row of the cell; -1 = the middle one. At most 4095; must lie on the feature map.</summary>
    public int NeuronRow { get; init; } = -1;

    /// <summary>Neuron: column of the cell; -1 = the middle one. At most 4095; must lie on the feature map.</summary>
    public int NeuronColumn { get; init; } = -1;

    /// <summary>Direction: one finite number per channel of the layer, not all 0.</summary>
    public IReadOnlyList<float> Direction { get; init; } = [];

    /// <summary>Direction: the power of the cosine, 0 to 16; 0 = the plain dot product.</summary>
    public double CosinePower { get; init; }

    /// <summary>What is added to the objective, at most 16 terms, of this layer or others.</summary>
    public IReadOnlyList<TermOptions> Terms { get; init; } = [];

    /// <summary>Several differing pictures of each filter.</summary>
    public DiversityOptions Diversity { get; init; } = new();

    /// <summary>Penalties on the picture.</summary>
    public RegularizationOptions Regularization { get; init; } = new();

    /// <summary>What the optimiser changes. Keras: pixels. Lucid: Fourier.</summary>
    public ParameterizationKind Parameterization { get; init; }

    /// <summary>Whether the parameters are decorrelated colour, for three channels. Keras: no. Lucid, MaCo: yes.</summary>
    public bool DecorrelateColor { get; init; }

    /// <summary>Whether a sigmoid keeps the picture within [-1, 1]. Keras: no. Lucid: yes. MaCo's parameterization:
    /// always.</summary>
    public bool Bounded { get; init; }

    /// <summary>How the optimiser moves. Keras: normalized gradient. Lucid: Adam. MaCo: Nadam.</summary>
    public OptimizerKind Optimizer { get; init; }

    /// <summary>Ascent steps, 1 to 4096. Keras: 30. Lucid: 160. MaCo: 256.</summary>
    public int Steps { get; init; } = 30;

    /// <summary>
    /// Step size, above 0 and at most 1000. Keras: 10, the length of a step in ascent space. Lucid: 0.05, Adam's rate. MaCo: 1.
    /// </summary>
    public double LearningRate { get; init; } = 10;

    /// <summary>Seed of all random numbers: same seed, engine and thread count, same pictures to the last bit.</summary>
    public ulong Seed { get; init; }

    /// <summary>Previews come after every this many steps; 0 = none. 0 to 4096.</summary>
    public int PreviewInterval { get; init; }

    /// <summary>Feature map cells left out of the objective on each side, 0 to 64. Keras: 2. Lucid, MaCo: 1.</summary>
    public int Border { get; init; } = 2;

    /// <summary>Pixels: full width of the uniform starting noise in ascent space, 0 to 2.</summary>
    public double NoiseAmplitude { get; init; } = 0.25;

    /// <summary>Fourier: standard deviation of the starting Fourier coefficients, above 0, at most 10.</summary>
    public double SpectrumDeviation { get; init; } = 0.01;

    /// <summary>Keras: roll, by 0 pixels unless <see cref="ShiftPixels"/> says more. Lucid: affine. MaCo: crops.</summary>
    public TransformKind Transform { get; init; } = TransformKind.Roll;

    /// <summary>Largest turn either way of <see cref="TransformKind.Affine"/>, in degrees, 0 to 180.</summary>
    public double RotationDegrees { get; init; } = 8;

    /// <summary>Largest relative magnification either way of <see cref="TransformKind.Affine"/>, 0 to 0.5.</summary>
    public double ScaleJitter { get; init; } = 0.1;

    /// <summary>Largest shift either way per axis of affine and roll, in pixels, 0 to 64. Keras: 0. Lucid: 8.</summary>
    public double ShiftPixels { get; init; }

    /// <summary>Adam's and Nadam's decay of the mean, in [0, 1).</summary>
    public double AdamBeta1 { get; init; } = 0.9;

    /// <summary>Adam's and Nadam's decay of the mean square, in [0, 1).</summary>
    public double AdamBeta2 { get; init; } = 0.999;

    /// <summary>Adam's and Nadam's epsilon, above 0 and at most 1.</summary>
    public double AdamEpsilon { get; init; } = 1e-8;

    /// <summary>Numbers of <see cref="TransformKind.LucidChain"/>.</summary>
    public LucidChainOptions LucidChain { get; init; } = new();

    /// <summary>Numbers of <see cref="TransformKind.Crops"/>.</summary>
    public CropOptions Crops { get; init; } = new();

    /// <summary>
    /// Gaussian blurs of the gradient to the picture, at most 8 standard deviations in pixels, each above 0 and at most 16: the
    /// gradient becomes the sum of its blurs, each scaled to length 1. Empty = the gradient as it is. 1, 2 and 4 calm the Keras
    /// recipe.
    /// </summary>
    public IReadOnlyList<double> GradientBlurs { get; init; } = [];

    /// <summary>
    /// For this many first steps, dead ReLUs are relieved: where a picture's gradient to a whole ReLU layer is 0, the layer lets
    /// it pass, except where it is off and would be pushed lower (<see cref="CompileOptions.ReluRelief"/>); 0 to 4096, 0 = never.
    /// Lucid, MaCo: 16.
    /// </summary>
    public int ReluReliefSteps { get; init; }

    /// <summary>Whether results carry a mask of where the gradient was strong, over the run.</summary>
    public bool TransparencyMask { get; init; }

    /// <summary>Whether results are judged against photographs, as <see cref="QualityScore"/>; for channel and neuron.</summary>
    public bool Score { get; init; }

    /// <summary>Height of the network's input: the picture's, unless crops have a size of their own.</summary>
    public int NetworkHeight => Transform == TransformKind.Crops && Crops.Size > 0 ? Crops.Size : Height;

    /// <summary>Width of the network's input: the picture's, unless crops have a size of their own.</summary>
    public int NetworkWidth => Transform == TransformKind.Crops && Crops.Size > 0 ? Crops.Size : Width;

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
                Parameterization = ParameterizationKind.Fourier,
                DecorrelateColor = true,
                Bounded = true,
                Optimizer = OptimizerKind.Adam,
                Steps = 160,
                LearningRate = 0.05,
                Border = 1,
                Transform = TransformKind.Affine,
                ShiftPixels = 8,
                ReluReliefSteps = 16,
            },
            MaximizationRecipe.Maco => keras with
            {
                Recipe = MaximizationRecipe.Maco,
                Parameterization = ParameterizationKind.Maco,
                DecorrelateColor = true,
                Bounded = true,
                Optimizer = OptimizerKind.Nadam,
                Steps = 256,
                LearningRate = 1,
                Border = 1,
                Transform = TransformKind.Crops,
                ReluReliefSteps = 16,
            },
            MaximizationRecipe.Keras => keras,
            _ => keras with { Recipe = recipe },
        };
    }
}
