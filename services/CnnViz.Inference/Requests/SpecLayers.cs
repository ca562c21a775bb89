using System.Globalization;
using CnnViz.Models;
using CnnViz.ServiceDefaults.Errors;
using CnnViz.V1;

namespace CnnViz.Inference.Requests;

/// <summary>One layer of a spec, checked and added to the network.</summary>
internal static class SpecLayers
{
    private const int MaxFilters = 4096;
    private const int MaxUnits = 65_536;
    private const int MaxWindow = 64;
    private const int MaxMultiplier = 64;
    private const int MaxPadding = 256;
    private const int MaxFactor = 16;

    /// <summary>Keras' slope of LeakyReLU below 0.</summary>
    private const float LeakySlope = 0.3f;

    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT naming the field that is out of range.</exception>
    /// <exception cref="ModelFormatException">The layer does not fit those before it.</exception>
    public static void Add(KerasModelBuilder builder, string name, SpecLayer layer, string field)
    {
        switch (layer.KindCase)
        {
            case SpecLayer.KindOneofCase.Conv2D:
                AddConv2D(builder, name, layer.Conv2D, $"{field}.conv2d");
                break;
            case SpecLayer.KindOneofCase.DepthwiseConv2D:
                AddDepthwise(builder, name, layer.DepthwiseConv2D, $"{field}.depthwise_conv2d");
                break;
            case SpecLayer.KindOneofCase.Conv2DTranspose:
                AddTranspose(builder, name, layer.Conv2DTranspose, $"{field}.conv2d_transpose");
                break;
            case SpecLayer.KindOneofCase.MaxPooling2D:
                AddPooling(builder, name, PoolKind.Max, layer.MaxPooling2D, $"{field}.max_pooling2d");
                break;
            case SpecLayer.KindOneofCase.AveragePooling2D:
                AddPooling(builder, name, PoolKind.Average, layer.AveragePooling2D, $"{field}.average_pooling2d");
                break;
            case SpecLayer.KindOneofCase.GlobalMaxPooling2D:
                builder.GlobalPooling2D(name, PoolKind.Max);
                break;
            case SpecLayer.KindOneofCase.GlobalAveragePooling2D:
                builder.GlobalPooling2D(name, PoolKind.Average);
                break;
            case SpecLayer.KindOneofCase.BatchNormalization:
                builder.BatchNormalization(name, Epsilon(layer.BatchNormalization, $"{field}.batch_normalization.epsilon"));
                break;
            case SpecLayer.KindOneofCase.Activation:
                var function = $"{field}.activation.function";
                var activation = Activation(layer.Activation.Function, function);
                builder.Activation(name, activation ?? throw RpcErrors.InvalidArgument((function, "must be set")));
                break;
            case SpecLayer.KindOneofCase.Flatten:
                builder.Flatten(name);
                break;
            case SpecLayer.KindOneofCase.Dense:
                builder.Dense(
                    name,
                    Fields.InRange($"{field}.dense.units", layer.Dense.Units, 1, MaxUnits),
                    Activation(layer.Dense.Activation, $"{field}.dense.activation"));
                break;
            case SpecLayer.KindOneofCase.Dropout:
                builder.Dropout(name);
                break;
            case SpecLayer.KindOneofCase.ZeroPadding2D:
                builder.ZeroPadding2D(name, Padding(layer.ZeroPadding2D, $"{field}.zero_padding2d"));
                break;
            case SpecLayer.KindOneofCase.UpSampling2D:
                var factor = $"{field}.up_sampling2d.factor";
                builder.UpSampling2D(name, Size(layer.UpSampling2D.Factor, factor, MaxFactor, new Size2D(2, 2)));
                break;
            default:
                throw RpcErrors.InvalidArgument((field, "must say what the layer computes"));
        }
    }

    private static void AddConv2D(KerasModelBuilder builder, string name, Conv2dSpec spec, string field) => builder.Conv2D(
        name,
        Fields.InRange($"{field}.filters", spec.Filters, 1, MaxFilters),
        Size(spec.Kernel, $"{field}.kernel", MaxWindow, fallback: null),
        Size(spec.Stride, $"{field}.stride", MaxWindow, Size2D.One),
        Border(spec.Padding, $"{field}.padding"),
        Activation(spec.Activation, $"{field}.activation"));

    private static void AddDepthwise(KerasModelBuilder builder, string name, DepthwiseConv2dSpec spec, string field) =>
        builder.DepthwiseConv2D(
            name,
            Math.Max(Fields.InRange($"{field}.depth_multiplier", spec.DepthMultiplier, 0, MaxMultiplier), 1),
            Size(spec.Kernel, $"{field}.kernel", MaxWindow, fallback: null),
            Size(spec.Stride, $"{field}.stride", MaxWindow, Size2D.One),
            Border(spec.Padding, $"{field}.padding"),
            Activation(spec.Activation, $"{field}.activation"));

    private static void AddTranspose(KerasModelBuilder builder, string name, Conv2dTransposeSpec spec, string field) =>
        builder.Conv2DTranspose(
            name,
            Fields.InRange($"{field}.filters", spec.Filters, 1, MaxFilters),
            Size(spec.Kernel, $"{field}.kernel", MaxWindow, fallback: null),
            Size(spec.Stride, $"{field}.stride", MaxWindow, Size2D.One),
            Border(spec.Padding, $"{field}.padding"),
            Activation(spec.Activation, $"{field}.activation"));

    private static void AddPooling(KerasModelBuilder builder, string name, PoolKind kind, Pooling2dSpec spec, string field)
    {
        var window = Size(spec.Window, $"{field}.window", MaxWindow, new Size2D(2, 2));
        var stride = Size(spec.Stride, $"{field}.stride", MaxWindow, window);
        builder.Pooling2D(name, kind, window, stride, Border(spec.Padding, $"{field}.padding"));
    }

    /// <summary>A size whose width may be left out; the fallback where it is not set at all.</summary>
    private static Size2D Size(SpecSize? size, string field, int most, Size2D? fallback)
    {
        if (size is null)
        {
            return fallback ?? throw RpcErrors.InvalidArgument((field, "must be set"));
        }

        var height = Fields.InRange($"{field}.height", size.Height, 1, most);
        return new Size2D(height, size.Width == 0 ? height : Fields.InRange($"{field}.width", size.Width, 1, most));
    }

    private static KerasPadding Border(SpecPadding padding, string field) => padding switch
    {
        SpecPadding.Unspecified or SpecPadding.Valid => KerasPadding.Valid,
        SpecPadding.Same => KerasPadding.Same,
        _ => throw RpcErrors.InvalidArgument((field, $"{padding:D} is no padding")),
    };

    private static Padding2D Padding(ZeroPadding2dSpec spec, string field) => new(
        Fields.InRange($"{field}.top", spec.Top, 0, MaxPadding),
        Fields.InRange($"{field}.bottom", spec.Bottom, 0, MaxPadding),
        Fields.InRange($"{field}.left", spec.Left, 0, MaxPadding),
        Fields.InRange($"{field}.right", spec.Right, 0, MaxPadding));

    private static float Epsilon(BatchNormalizationSpec spec, string field)
    {
        const float kerasDefault = 1e-3f;
        if (!spec.HasEpsilon)
        {
            return kerasDefault;
        }

        return spec.Epsilon is > 0 and <= 1
            ? (float)spec.Epsilon
            : throw RpcErrors.InvalidArgument(
                (field, string.Create(CultureInfo.InvariantCulture, $"must be above 0 and at most 1, not {spec.Epsilon}")));
    }

    /// <summary>Null for none.</summary>
    private static LayerOp? Activation(SpecActivation activation, string field) => activation switch
    {
        SpecActivation.Unspecified => null,
        SpecActivation.Linear => new ActivationOp(ActivationKind.Linear),
        SpecActivation.Relu => new ActivationOp(ActivationKind.Relu),
        SpecActivation.Relu6 => new ActivationOp(ActivationKind.Relu6),
        SpecActivation.LeakyRelu => new ActivationOp(ActivationKind.LeakyRelu, LeakySlope),
        SpecActivation.Elu => new ActivationOp(ActivationKind.Elu, 1),
        SpecActivation.Sigmoid => new ActivationOp(ActivationKind.Sigmoid),
        SpecActivation.Tanh => new ActivationOp(ActivationKind.Tanh),
        SpecActivation.Silu => new ActivationOp(ActivationKind.Silu),

        // Over the channels, which are the sample's first axis here and Keras' last.
        SpecActivation.Softmax => new SoftmaxOp(Axis: 0),
        _ => throw RpcErrors.InvalidArgument((field, $"{activation:D} is no activation")),
    };
}
