namespace CnnViz.Engine.Maximization;

/// <summary>A further summand of the objective.</summary>
public sealed record TermOptions
{
    /// <summary>What is measured: channel, neuron (the middle cell) or deep dream.</summary>
    public ObjectiveKind Objective { get; init; }

    /// <summary>The layer; may differ from the run's.</summary>
    public required string Layer { get; init; }

    /// <summary>The channel or unit, from 0; ignored by deep dream.</summary>
    public int Filter { get; init; }

    /// <summary>What the value is multiplied by, -1000 to 1000.</summary>
    public double Weight { get; init; } = 1;
}

/// <summary>Several pictures of each filter that must differ: <see cref="DiversityObjective"/>.</summary>
public sealed record DiversityOptions
{
    /// <summary>Pictures of each filter, 1 to 16; from 2 on they repel each other.</summary>
    public int Variants { get; init; } = 1;

    /// <summary>
    /// How strongly, 0 to 10000, against an objective in the layer's own units: about one to two times the objective that a
    /// picture reaches alone makes variants that differ and still excite their filter. The default suits layers where that is
    /// about 1. On NanoDet (Lucid recipe, filters 1, 5, 6 and 17, four variants each, median <see cref="QualityScore.Clean"/>):
    /// Add_11 has 2.11 at weight 0, 1.71 at 2, 0.31 at 100, which is the published number, for a network of larger activations;
    /// Add_10 has 0.83, 0.62 and -0.17. Below 1 the variants look alike.
    /// </summary>
    public double Weight { get; init; } = 2;
}

/// <summary>Weights of the penalties on the picture, each 0 to 1000000; 0 = none.</summary>
public sealed record RegularizationOptions
{
    /// <summary>Weight of <see cref="Maximization.TotalVariation"/>.</summary>
    public double TotalVariation { get; init; }

    /// <summary>Weight of <see cref="L1Penalty"/>.</summary>
    public double L1 { get; init; }

    /// <summary>Weight of <see cref="L2Penalty"/>.</summary>
    public double L2 { get; init; }

    /// <summary>Weight of <see cref="BlurPenalty"/>.</summary>
    public double Blur { get; init; }

    /// <summary>Its blur's standard deviation in pixels, above 0, at most 16.</summary>
    public double BlurSigma { get; init; } = 1;
}

/// <summary>The numbers of <see cref="LucidTransform"/>; the defaults are those published.</summary>
public sealed record LucidChainOptions
{
    /// <summary>Mid-grey pixels added on each side, 0 to 128.</summary>
    public int Pad { get; init; } = 12;

    /// <summary>Pixels cut off at random after padding, 0 to 128, less than the picture's shorter side.</summary>
    public int FirstCrop { get; init; } = 8;

    /// <summary>The smallest scale, 0.25 to 2.</summary>
    public double SmallestScale { get; init; } = 0.90;

    /// <summary>From one scale to the next, 0 to 1.</summary>
    public double ScaleStep { get; init; } = 0.02;

    /// <summary>How many scales there are to draw from, 1 to 64.</summary>
    public int ScaleCount { get; init; } = 11;

    /// <summary>Largest turn either way, in whole degrees, 0 to 180.</summary>
    public int RotationDegrees { get; init; } = 10;

    /// <summary>Pixels cut off at random at the end, 0 to 128, less than the picture's shorter side.</summary>
    public int LastCrop { get; init; } = 4;
}

/// <summary>The numbers of <see cref="CropTransform"/>; the defaults are those of MaCo.</summary>
public sealed record CropOptions
{
    /// <summary>Crops per step and picture, 1 to 128.</summary>
    public int Count { get; init; } = 32;

    /// <summary>Height and width of the network's input in pixels, as the model allows; 0 = those of the picture.</summary>
    public int Size { get; init; }

    /// <summary>Standard deviation of a crop's centre, as a share of the picture, 0 to 1.</summary>
    public double CentreDeviation { get; init; } = 0.15;

    /// <summary>Mean side at the first step, as a share of the picture's shorter side, 0.05 to 1.</summary>
    public double FirstSide { get; init; } = 0.5;

    /// <summary>Mean side at the last step, 0.05 to 1.</summary>
    public double LastSide { get; init; } = 0.05;

    /// <summary>Standard deviation of the side, 0 to 1.</summary>
    public double SideDeviation { get; init; } = 0.05;

    /// <summary>Standard deviation of the normal noise on a crop, in ascent space, 0 to 2.</summary>
    public double NormalNoise { get; init; } = 0.08;

    /// <summary>Largest uniform noise either way on a crop, in ascent space, 0 to 2.</summary>
    public double UniformNoise { get; init; } = 0.04;
}
