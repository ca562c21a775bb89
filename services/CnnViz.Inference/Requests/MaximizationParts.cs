using CnnViz.Engine.Maximization;
using CnnViz.ServiceDefaults.Errors;
using CnnViz.V1;

namespace CnnViz.Inference.Requests;

/// <summary>The nested messages and enumerations of MaximizationSettings as the engine's; what is unset keeps the recipe's
/// value.</summary>
internal static class MaximizationParts
{
    public static ObjectiveKind Read(string field, Objective objective) => objective switch
    {
        Objective.Unspecified or Objective.Channel => ObjectiveKind.Channel,
        Objective.Neuron => ObjectiveKind.Neuron,
        Objective.Direction => ObjectiveKind.Direction,
        Objective.DeepDream => ObjectiveKind.DeepDream,
        _ => throw RpcErrors.InvalidArgument((field, $"{objective:D} is no objective")),
    };

    public static ParameterizationKind Read(Parameterization parameterization, ParameterizationKind recipe) =>
        parameterization switch
        {
            Parameterization.Unspecified => recipe,
            Parameterization.Pixels => ParameterizationKind.Pixels,
            Parameterization.Fourier => ParameterizationKind.Fourier,
            Parameterization.Maco => ParameterizationKind.Maco,
            _ => throw RpcErrors.InvalidArgument(("settings.parameterization", $"{parameterization:D} is no parameterization")),
        };

    public static TransformKind Read(Transform transform, TransformKind recipe) => transform switch
    {
        Transform.Unspecified => recipe,
        Transform.Identity => TransformKind.Identity,
        Transform.Roll => TransformKind.Roll,
        Transform.Affine => TransformKind.Affine,
        Transform.LucidChain => TransformKind.LucidChain,
        Transform.Crops => TransformKind.Crops,
        _ => throw RpcErrors.InvalidArgument(("settings.transform", $"{transform:D} is no transform")),
    };

    public static OptimizerKind Read(Optimizer optimizer, OptimizerKind recipe) => optimizer switch
    {
        Optimizer.Unspecified => recipe,
        Optimizer.NormalizedGradient => OptimizerKind.NormalizedGradient,
        Optimizer.Adam => OptimizerKind.Adam,
        Optimizer.Nadam => OptimizerKind.Nadam,
        _ => throw RpcErrors.InvalidArgument(("settings.optimizer", $"{optimizer:D} is no optimizer")),
    };

    public static DiversityOptions Read(Diversity? message)
    {
        var defaults = new DiversityOptions();
        return message is null ? defaults : new DiversityOptions
        {
            Variants = message.HasVariants ? message.Variants : defaults.Variants,
            Weight = message.HasWeight ? message.Weight : defaults.Weight,
        };
    }

    public static RegularizationOptions Read(Regularization? message) => message is null ? new() : new RegularizationOptions
    {
        TotalVariation = message.TotalVariation,
        L1 = message.L1,
        L2 = message.L2,
        Blur = message.Blur,
        BlurSigma = message.HasBlurSigma ? message.BlurSigma : new RegularizationOptions().BlurSigma,
    };

    public static LucidChainOptions Read(LucidChain? message)
    {
        var defaults = new LucidChainOptions();
        return message is null ? defaults : new LucidChainOptions
        {
            Pad = message.HasPad ? message.Pad : defaults.Pad,
            FirstCrop = message.HasFirstCrop ? message.FirstCrop : defaults.FirstCrop,
            SmallestScale = message.HasSmallestScale ? message.SmallestScale : defaults.SmallestScale,
            ScaleStep = message.HasScaleStep ? message.ScaleStep : defaults.ScaleStep,
            ScaleCount = message.HasScaleCount ? message.ScaleCount : defaults.ScaleCount,
            RotationDegrees = message.HasRotationDegrees ? message.RotationDegrees : defaults.RotationDegrees,
            LastCrop = message.HasLastCrop ? message.LastCrop : defaults.LastCrop,
        };
    }

    /// <param name="message">The request's crops; null if it has none.</param>
    /// <param name="size">Size of the network's input where the request names none.</param>
    public static CropOptions Read(Crops? message, int size)
    {
        var defaults = new CropOptions { Size = size };
        return message is null ? defaults : new CropOptions
        {
            Count = message.HasCount ? message.Count : defaults.Count,
            Size = message.HasSize ? message.Size : defaults.Size,
            CentreDeviation = message.HasCentreDeviation ? message.CentreDeviation : defaults.CentreDeviation,
            FirstSide = message.HasFirstSide ? message.FirstSide : defaults.FirstSide,
            LastSide = message.HasLastSide ? message.LastSide : defaults.LastSide,
            SideDeviation = message.HasSideDeviation ? message.SideDeviation : defaults.SideDeviation,
            NormalNoise = message.HasNormalNoise ? message.NormalNoise : defaults.NormalNoise,
            UniformNoise = message.HasUniformNoise ? message.UniformNoise : defaults.UniformNoise,
        };
    }
}
