namespace CnnViz.Models;

/// <summary>The layers.</summary>
public sealed partial class KerasModelBuilder
{
    /// <summary>Keras' Conv2D: kernel (kh, kw, in, filters) and bias (filters).</summary>
    /// <param name="name">Unique in the network.</param>
    /// <param name="filters">Output channels, at least 1.</param>
    /// <param name="kernel">In pixels.</param>
    /// <param name="stride">In pixels; default 1.</param>
    /// <param name="padding">Default valid.</param>
    /// <param name="activation">The activation inside the layer; none by default.</param>
    /// <param name="bias">Whether there is a bias. Default true.</param>
    /// <param name="from">The layer before.</param>
    /// <param name="dilation">In pixels; default 1.</param>
    /// <param name="groups">Groups of channels that do not see each other, at least 1. Default 1.</param>
    public string Conv2D(
        string name,
        int filters,
        Size2D kernel,
        Size2D? stride = null,
        KerasPadding padding = KerasPadding.Valid,
        LayerOp? activation = null,
        bool bias = true,
        string? from = null,
        Size2D? dilation = null,
        int groups = 1)
    {
        var input = MapBefore(from);
        var step = stride ?? Size2D.One;
        var spread = dilation ?? Size2D.One;
        var channels = groups < 1 ? input.Channels : input.Channels / groups;
        var fanIn = (long)kernel.Height * kernel.Width * channels;
        int[] shape = [kernel.Height, kernel.Width, channels, filters];
        List<LayerWeight> weights = [Weight(name, "kernel", InitialValues.HeNormal(fanIn), WeightLayout.Hwio, shape)];
        AddBias(weights, name, filters, bias);
        var op = new Conv2DOp(step, spread, Pads(input, Dilated(kernel, spread), step, padding), groups);
        return AddActivated(name, op, from, weights, activation);
    }

    /// <summary>Keras' DepthwiseConv2D: kernel (kh, kw, in, multiplier) and bias (in * multiplier).</summary>
    /// <param name="name">Unique in the network.</param>
    /// <param name="multiplier">Output channels per input channel, at least 1.</param>
    /// <param name="kernel">In pixels.</param>
    /// <param name="stride">In pixels; default 1.</param>
    /// <param name="padding">Default valid.</param>
    /// <param name="activation">The activation inside the layer; none by default.</param>
    /// <param name="bias">Whether there is a bias. Default true.</param>
    /// <param name="from">The layer before.</param>
    /// <param name="dilation">In pixels; default 1.</param>
    public string DepthwiseConv2D(
        string name,
        int multiplier,
        Size2D kernel,
        Size2D? stride = null,
        KerasPadding padding = KerasPadding.Valid,
        LayerOp? activation = null,
        bool bias = true,
        string? from = null,
        Size2D? dilation = null)
    {
        var input = MapBefore(from);
        var step = stride ?? Size2D.One;
        var spread = dilation ?? Size2D.One;
        var initial = InitialValues.HeNormal((long)kernel.Height * kernel.Width);
        List<LayerWeight> weights =
            [Weight(name, "kernel", initial, WeightLayout.Hwim, kernel.Height, kernel.Width, input.Channels, multiplier)];
        AddBias(weights, name, checked(input.Channels * multiplier), bias);
        var pads = Pads(input, Dilated(kernel, spread), step, padding);
        var op = new Conv2DOp(step, spread, pads, input.Channels) { Depthwise = true };
        return AddActivated(name, op, from, weights, activation);
    }

    /// <summary>
    /// Keras' Conv2DTranspose: kernel (kh, kw, filters, in) and bias (filters). The output has extent * stride cells (same) or
    /// (extent - 1) * stride + max(kernel, stride) (valid).
    /// </summary>
    /// <param name="name">Unique in the network.</param>
    /// <param name="filters">Output channels, at least 1.</param>
    /// <param name="kernel">In pixels.</param>
    /// <param name="stride">In output pixels; default 1.</param>
    /// <param name="padding">Default valid.</param>
    /// <param name="activation">The activation inside the layer; none by default.</param>
    /// <param name="from">The layer before.</param>
    public string Conv2DTranspose(
        string name,
        int filters,
        Size2D kernel,
        Size2D? stride = null,
        KerasPadding padding = KerasPadding.Valid,
        LayerOp? activation = null,
        string? from = null)
    {
        var input = MapBefore(from);
        var step = stride ?? Size2D.One;
        var initial = InitialValues.HeNormal((long)kernel.Height * kernel.Width * input.Channels);
        int[] shape = [kernel.Height, kernel.Width, filters, input.Channels];
        List<LayerWeight> weights = [Weight(name, "kernel", initial, WeightLayout.Hwoi, shape)];
        AddBias(weights, name, filters, wanted: true);

        // TensorFlow takes back what SAME padding would have added to the larger map, the odd cell below and to the right.
        var (rows, columns) = padding == KerasPadding.Same
            ? (Math.Max(kernel.Height - step.Height, 0), Math.Max(kernel.Width - step.Width, 0))
            : (0, 0);
        var pads = new Padding2D(rows / 2, rows - (rows / 2), columns / 2, columns - (columns / 2));
        var op = new ConvTranspose2DOp(
            step, Size2D.One, pads, Math.Max(step.Height - kernel.Height, 0), Math.Max(step.Width - kernel.Width, 0));
        return AddActivated(name, op, from, weights, activation);
    }

    /// <summary>Keras' Dense: kernel (in, units) and bias (units), over a flat input.</summary>
    public string Dense(string name, int units, LayerOp? activation = null, bool bias = true, string? from = null)
    {
        var input = _shapes[from ?? Last];
        if (input.Rank != 1)
        {
            throw new ModelFormatException(
                $"it needs a flat input; '{from ?? Last}' gives {input}: put a flatten or a global pooling before it");
        }

        var initial = InitialValues.HeNormal(input.Channels);
        List<LayerWeight> weights = [Weight(name, "kernel", initial, WeightLayout.Plain, input.Channels, units)];
        AddBias(weights, name, units, bias);
        return AddActivated(name, new DenseOp(), from, weights, activation);
    }

    /// <summary>
    /// Keras' BatchNormalization over channels; epsilon's default is Keras' 0.001. Without scale it has no gamma, without center
    /// no beta.
    /// </summary>
    public string BatchNormalization(
        string name, float epsilon = 1e-3f, string? from = null, bool scale = true, bool center = true)
    {
        var channels = _shapes[from ?? Last].Channels;
        LayerWeight[] gamma = scale ? [Weight(name, "gamma", InitialValues.Constant(1), WeightLayout.Plain, channels)] : [];
        LayerWeight[] beta = center ? [Weight(name, "beta", InitialValues.Constant(0), WeightLayout.Plain, channels)] : [];
        LayerWeight[] weights =
        [
            .. gamma,
            .. beta,
            Weight(name, "moving_mean", InitialValues.Constant(0), WeightLayout.Plain, channels),
            Weight(name, "moving_variance", InitialValues.Constant(1), WeightLayout.Plain, channels),
        ];
        return Add(name, new BatchNormalizationOp(epsilon), from, weights);
    }

    /// <summary>Keras' Activation, by an activation or softmax op.</summary>
    public string Activation(string name, LayerOp activation, string? from = null) =>
        Add(name, activation, from, [], "Activation");

    /// <summary>Keras' MaxPooling2D and AveragePooling2D; the stride's default is the window.</summary>
    public string Pooling2D(
        string name,
        PoolKind kind,
        Size2D window,
        Size2D? stride = null,
        KerasPadding padding = KerasPadding.Valid,
        string? from = null)
    {
        var step = stride ?? window;
        return Add(name, new Pool2DOp(kind, window, step, Pads(MapBefore(from), window, step, padding)), from, []);
    }

    /// <summary>Keras' GlobalMaxPooling2D and GlobalAveragePooling2D.</summary>
    public string GlobalPooling2D(string name, PoolKind kind, string? from = null, bool keepDims = false) =>
        Add(name, new GlobalPool2DOp(kind, keepDims), from, []);

    /// <summary>Keras' ZeroPadding2D.</summary>
    public string ZeroPadding2D(string name, Padding2D padding, string? from = null) => Add(name, new Pad2DOp(padding), from, []);

    /// <summary>Keras' UpSampling2D: each cell becomes a block (nearest) or is interpolated (bilinear).</summary>
    public string UpSampling2D(string name, Size2D factor, ResizeKind kind = ResizeKind.Nearest, string? from = null) =>
        Add(name, new ResizeOp(kind, factor.Height, factor.Width, ResizeCoordinates.HalfPixel), from, [], "UpSampling2D");

    /// <summary>Keras' Dropout, which passes everything on outside of training.</summary>
    public string Dropout(string name, string? from = null) =>
        Add(name, new ActivationOp(ActivationKind.Linear), from, [], "Dropout");

    /// <summary>Keras' Flatten: (height, width, channels) order. The input's size is fixed from here on.</summary>
    public string Flatten(string name, string? from = null)
    {
        _fixedSize |= _shapes[from ?? Last].IsFeatureMap;
        return Add(name, new FlattenOp(ChannelsLast: true), from, []);
    }

    /// <summary>Keras' Add.</summary>
    public string Sum(string name, string left, string right) =>
        Append(new Layer { Name = name, Op = new BinaryOp(BinaryKind.Add), Inputs = [left, right] }, className: null);

    internal void AddBias(List<LayerWeight> weights, string layer, int length, bool wanted)
    {
        if (wanted)
        {
            weights.Add(Weight(layer, "bias", InitialValues.Constant(0), WeightLayout.Plain, length));
        }
    }

    /// <summary>
    /// The padding in cells. TensorFlow's SAME at a stride above 1 depends on the extent: the network then runs only at the
    /// declared size, unless all its sizes are multiples of this layer's total stride, which makes the padding always the same.
    /// </summary>
    internal Padding2D Pads(TensorShape input, Size2D window, Size2D stride, KerasPadding padding)
    {
        if (padding == KerasPadding.Valid)
        {
            return Padding2D.None;
        }

        _samePadding |= DependsOnSize(input.Height, _input.Height, window.Height, stride.Height)
            || DependsOnSize(input.Width, _input.Width, window.Width, stride.Width);
        var (rows, columns) = (Total(input.Height, window.Height, stride.Height), Total(input.Width, window.Width, stride.Width));
        return new Padding2D(rows / 2, rows - (rows / 2), columns / 2, columns - (columns / 2));
    }

    private bool DependsOnSize(int extent, int declared, int window, int stride) => stride > 1 && window > 1
        && (declared % extent != 0 || _input.SizeMultiple % (declared / extent * stride) != 0);

    private static Size2D Dilated(Size2D kernel, Size2D dilation) =>
        new(((kernel.Height - 1) * dilation.Height) + 1, ((kernel.Width - 1) * dilation.Width) + 1);

    private static int Total(int extent, int window, int stride) =>
        stride < 1 ? 0 : Math.Max(((((extent + stride - 1) / stride) - 1) * stride) + window - extent, 0);
}
