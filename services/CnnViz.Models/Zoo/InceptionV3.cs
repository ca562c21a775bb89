namespace CnnViz.Models;

/// <summary>
/// InceptionV3 (Szegedy et al., "Rethinking the Inception architecture for computer vision", CVPR 2016) as Keras Applications
/// builds it: 23,851,784 parameters with its classifier, 21,802,784 without. Keras leaves most layers unnamed and numbers them
/// as they are made ("conv2d_17"), in the order of this class; the numbers are those of a session's first network.
/// </summary>
internal sealed class InceptionV3
{
    private const int Size = 299;

    private static readonly Size2D _three = new(3, 3);

    private static readonly Size2D _two = new(2, 2);

    private readonly KerasModelBuilder _builder = new(KerasInput.Symmetric(Size)) { OrderByDepth = true };
    private readonly Dictionary<string, int> _made = new(StringComparer.Ordinal);

    private InceptionV3()
    {
    }

    /// <param name="name">The model's name in requests.</param>
    /// <param name="description">One line about it.</param>
    /// <param name="includeTop">With the classifier. Any size from 75 runs either way, since it stands behind a global
    /// pooling.</param>
    public static ModelGraph Build(string name, string description, bool includeTop)
    {
        var network = new InceptionV3();
        network.AddBody();
        if (includeTop)
        {
            network._builder.GlobalPooling2D("avg_pool", PoolKind.Average);
            network._builder.Dense("predictions", KerasInput.Classes, new SoftmaxOp());
        }

        return network._builder.Build(name, description);
    }

    private void AddBody()
    {
        Convolve(_builder.Last, 32, _three, _two, KerasPadding.Valid);
        Convolve(_builder.Last, 32, _three, padding: KerasPadding.Valid);
        Convolve(_builder.Last, 64, _three);
        HalvingPool(_builder.Last);
        Convolve(_builder.Last, 80, Size2D.One);
        Convolve(_builder.Last, 192, _three, padding: KerasPadding.Valid);
        HalvingPool(_builder.Last);
        AddGrid35("mixed0", pooled: 32);
        AddGrid35("mixed1", pooled: 64);
        AddGrid35("mixed2", pooled: 64);
        AddReductionTo17();
        AddGrid17("mixed4", 128);
        AddGrid17("mixed5", 160);
        AddGrid17("mixed6", 160);
        AddGrid17("mixed7", 192);
        AddReductionTo8();
        AddGrid8(0);
        AddGrid8(1);
    }

    /// <summary>Factors 1x1, 5x5 and twice 3x3, at 35x35 cells.</summary>
    private void AddGrid35(string name, int pooled)
    {
        var x = _builder.Last;
        var one = Convolve(x, 64, Size2D.One);
        var five = Convolve(Convolve(x, 48, Size2D.One), 64, new Size2D(5, 5));
        var doubled = Convolve(Convolve(Convolve(x, 64, Size2D.One), 96, _three), 96, _three);
        _builder.Concatenate(name, one, five, doubled, Convolve(MeanPool(x), pooled, Size2D.One));
    }

    private void AddReductionTo17()
    {
        var x = _builder.Last;
        var three = Convolve(x, 384, _three, _two, KerasPadding.Valid);
        var doubled = Convolve(Convolve(Convolve(x, 64, Size2D.One), 96, _three), 96, _three, _two, KerasPadding.Valid);
        _builder.Concatenate("mixed3", three, doubled, HalvingPool(x));
    }

    /// <summary>A 7x7 as 1x7 and 7x1, and two of them, at 17x17 cells.</summary>
    private void AddGrid17(string name, int inner)
    {
        const int outer = 192;
        var (x, row, column) = (_builder.Last, new Size2D(1, 7), new Size2D(7, 1));
        var one = Convolve(x, outer, Size2D.One);
        var seven = Convolve(Convolve(Convolve(x, inner, Size2D.One), inner, row), outer, column);
        var doubled = Convolve(Convolve(Convolve(x, inner, Size2D.One), inner, column), inner, row);
        doubled = Convolve(Convolve(doubled, inner, column), outer, row);
        _builder.Concatenate(name, one, seven, doubled, Convolve(MeanPool(x), outer, Size2D.One));
    }

    private void AddReductionTo8()
    {
        const int width = 192;
        var x = _builder.Last;
        var three = Convolve(Convolve(x, width, Size2D.One), 320, _three, _two, KerasPadding.Valid);
        var seven = Convolve(Convolve(Convolve(x, width, Size2D.One), width, new Size2D(1, 7)), width, new Size2D(7, 1));
        _builder.Concatenate("mixed8", three, Convolve(seven, width, _three, _two, KerasPadding.Valid), HalvingPool(x));
    }

    /// <summary>A 3x3 as 1x3 beside 3x1, twice, at 8x8 cells.</summary>
    private void AddGrid8(int index)
    {
        const int width = 384;
        var (x, row, column) = (_builder.Last, new Size2D(1, 3), new Size2D(3, 1));
        var one = Convolve(x, 320, Size2D.One);
        var three = Convolve(x, width, Size2D.One);
        three = _builder.Concatenate($"mixed9_{index}", Convolve(three, width, row), Convolve(three, width, column));
        var doubled = Convolve(Convolve(x, 448, Size2D.One), width, _three);
        var (left, right) = (Convolve(doubled, width, row), Convolve(doubled, width, column));
        doubled = _builder.Concatenate(Numbered("concatenate"), left, right);
        _builder.Concatenate($"mixed{9 + index}", one, three, doubled, Convolve(MeanPool(x), 192, Size2D.One));
    }

    private string Convolve(
        string from, int filters, Size2D kernel, Size2D? stride = null, KerasPadding padding = KerasPadding.Same)
    {
        _builder.Conv2D(Numbered("conv2d"), filters, kernel, stride, padding, bias: false, from: from);
        _builder.BatchNormalization(Numbered("batch_normalization"), scale: false);
        return _builder.Activation(Numbered("activation"), new ActivationOp(ActivationKind.Relu));
    }

    private string HalvingPool(string from) =>
        _builder.Pooling2D(Numbered("max_pooling2d"), PoolKind.Max, _three, _two, from: from);

    private string MeanPool(string from) => _builder.Pooling2D(
        Numbered("average_pooling2d"), PoolKind.Average, _three, Size2D.One, KerasPadding.Same, from);

    /// <summary>Keras' name for the next layer of a kind: "conv2d", "conv2d_1", ...</summary>
    private string Numbered(string kind)
    {
        var number = _made.GetValueOrDefault(kind);
        _made[kind] = number + 1;
        return number == 0 ? kind : $"{kind}_{number}";
    }
}
