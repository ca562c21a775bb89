using static CnnViz.Models.Tests.Graph.Graphs;

namespace CnnViz.Models.Tests.Graph;

/// <summary>Each op's shape rule, on hand-worked examples.</summary>
public sealed partial class OpShapeTests
{
    private static readonly Size2D _one = Size2D.One;

    [Theory]
    [InlineData(1, 1, 1, 0, "(16, 6, 6)")]
    [InlineData(2, 1, 1, 1, "(16, 4, 4)")]
    [InlineData(1, 2, 1, 0, "(16, 4, 4)")]
    [InlineData(3, 1, 1, 0, "(16, 2, 2)")]
    public void Conv2D_StrideDilationPadding_CountsPositions(int stride, int dilation, int groups, int padding, string expected)
    {
        var op = new Conv2DOp(new(stride, stride), new(dilation, dilation), Padding2D.Uniform(padding), groups);
        Assert.Equal(expected, Infer(op, [4, 8, 8], Weight("kernel", WeightLayout.Hwio, 3, 3, 4, 16)).ToString());
    }

    [Fact]
    public void Conv2D_EveryLayout_GivesTheSameShape()
    {
        var op = new Conv2DOp(_one, _one, new Padding2D(0, 1, 2, 3));
        Assert.Equal("(7, 7, 12)", Infer(op, [5, 8, 8], Weight("kernel", WeightLayout.Hwio, 3, 2, 5, 7)).ToString());
        Assert.Equal("(7, 7, 12)", Infer(op, [5, 8, 8], Weight("kernel", WeightLayout.Oihw, 7, 5, 3, 2)).ToString());
    }

    [Fact]
    public void Conv2D_DepthwiseWithMultiplier_MultipliesChannels()
    {
        var op = new Conv2DOp(_one, _one, Padding2D.None, Groups: 6) { Depthwise = true };
        Assert.Equal("(12, 6, 6)", Infer(op, [6, 8, 8], Weight("kernel", WeightLayout.Hwim, 3, 3, 6, 2)).ToString());
    }

    [Fact]
    public void Conv2D_TwoGroups_KernelSeesHalfTheChannels()
    {
        var op = new Conv2DOp(_one, _one, Padding2D.None, Groups: 2);
        Assert.Equal("(10, 8, 8)", Infer(op, [6, 8, 8], Weight("kernel", WeightLayout.Oihw, 10, 3, 1, 1)).ToString());
        Assert.Contains(
            "takes 12 channels", Refusal(op, [6, 8, 8], Weight("kernel", WeightLayout.Oihw, 10, 6, 1, 1)),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Conv2D_Misfit_NamesLayerOpAndShapes()
    {
        var message = Refusal(
            new Conv2DOp(_one, _one, Padding2D.None), [3, 8, 8], Weight("kernel", WeightLayout.Hwio, 3, 3, 4, 16));
        Assert.Contains("'it' (Conv2D)", message, StringComparison.Ordinal);
        Assert.Contains("(3, 8, 8)", message, StringComparison.Ordinal);
        Assert.Contains("takes 4 channels", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Conv2D_BadAttributes_AreRefused()
    {
        var kernel = Weight("kernel", WeightLayout.Hwio, 3, 3, 3, 4);
        Assert.Contains(
            "does not fit", Refusal(new Conv2DOp(_one, new(9, 9), Padding2D.None), [3, 8, 8], kernel), StringComparison.Ordinal);
        Assert.Contains(
            "stride", Refusal(new Conv2DOp(new(0, 1), _one, Padding2D.None), [3, 8, 8], kernel), StringComparison.Ordinal);
        Assert.Contains(
            "padding", Refusal(new Conv2DOp(_one, _one, new Padding2D(-1, 0, 0, 0)), [3, 8, 8], kernel),
            StringComparison.Ordinal);
        Assert.Contains(
            "groups", Refusal(new Conv2DOp(_one, _one, Padding2D.None, 0), [3, 8, 8], kernel), StringComparison.Ordinal);
        Assert.Contains(
            "'kernel' is missing", Refusal(new Conv2DOp(_one, _one, Padding2D.None), [3, 8, 8]), StringComparison.Ordinal);
        Assert.Contains(
            "bias", Refusal(new Conv2DOp(_one, _one, Padding2D.None), [3, 8, 8], kernel, Plain("bias", 5)),
            StringComparison.Ordinal);
        Assert.Contains(
            "four extents",
            Refusal(new Conv2DOp(_one, _one, Padding2D.None), [3, 8, 8], Weight("kernel", WeightLayout.Hwio, 3, 3, 3)),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Dense_EitherLayout_ReplacesTheLastAxis()
    {
        Assert.Equal("(7)", Infer(new DenseOp(), [5], Plain("kernel", 5, 7), Plain("bias", 7)).ToString());
        Assert.Equal("(7)", Infer(new DenseOp(), [5], Weight("kernel", WeightLayout.OutIn, 7, 5)).ToString());
        Assert.Contains("takes 6 features", Refusal(new DenseOp(), [5], Plain("kernel", 6, 7)), StringComparison.Ordinal);
    }

    [Fact]
    public void BatchNormalization_NeedsItsStatistics()
    {
        var op = new BatchNormalizationOp(1e-3f);
        Assert.Equal("(4, 8, 8)", Infer(op, [4, 8, 8], Plain("moving_mean", 4), Plain("moving_variance", 4)).ToString());
        Assert.Contains("moving_variance", Refusal(op, [4, 8, 8], Plain("moving_mean", 4)), StringComparison.Ordinal);
        Assert.Contains(
            "gamma", Refusal(op, [4, 8, 8], Plain("gamma", 3), Plain("moving_mean", 4), Plain("moving_variance", 4)),
            StringComparison.Ordinal);
    }

    [Fact]
    public void GlobalPooling_KeepsOrDropsTheAxes()
    {
        Assert.Equal("(4)", Infer(new GlobalPool2DOp(PoolKind.Average, KeepDims: false), [4, 8, 6]).ToString());
        Assert.Equal("(4, 1, 1)", Infer(new GlobalPool2DOp(PoolKind.Max, KeepDims: true), [4, 8, 6]).ToString());
        Assert.Contains("feature map", Refusal(new GlobalPool2DOp(PoolKind.Max, KeepDims: true), [4]), StringComparison.Ordinal);
    }

    [Fact]
    public void Binary_Broadcasts()
    {
        Assert.Equal("(4, 8, 6)", Infer(new BinaryOp(BinaryKind.Add), [4, 8, 6], Plain("constant", 4, 1, 1)).ToString());
        Assert.Equal("(4, 8, 6)", Infer(new BinaryOp(BinaryKind.Multiply), [4, 8, 6], Plain("constant")).ToString());
        Assert.Equal("(4, 8, 6)", InferMany(new BinaryOp(BinaryKind.Add), [4, 1, 1], [4, 8, 6]).ToString());
        Assert.Contains(
            "do not broadcast", Refusal(new BinaryOp(BinaryKind.Add), [4, 8, 6], Plain("constant", 3, 1, 1)),
            StringComparison.Ordinal);
        Assert.Contains("2 inputs", Refusal(new BinaryOp(BinaryKind.Add), [4, 8, 6]), StringComparison.Ordinal);
    }

    [Fact]
    public void Concatenate_AddsUpItsAxis()
    {
        Assert.Equal("(9, 8, 6)", InferMany(new ConcatenateOp(), [4, 8, 6], [5, 8, 6]).ToString());
        Assert.Equal("(4, 8, 10)", InferMany(new ConcatenateOp(-1), [4, 8, 6], [4, 8, 4]).ToString());
        Assert.Throws<ModelFormatException>(() => InferMany(new ConcatenateOp(), [4, 8, 6], [5, 7, 6]));
    }

    [Fact]
    public void Slice_LiesWithinItsAxis()
    {
        Assert.Equal("(2, 8, 6)", Infer(new SliceOp(0, 1, 2), [4, 8, 6]).ToString());
        Assert.Contains("do not lie within", Refusal(new SliceOp(0, 3, 2), [4, 8, 6]), StringComparison.Ordinal);
        Assert.Contains(
            "do not lie within", Refusal(new SliceOp(0, int.MaxValue, int.MaxValue), [4, 8, 6]), StringComparison.Ordinal);
        Assert.Contains("axis 3", Refusal(new SliceOp(3, 0, 1), [4, 8, 6]), StringComparison.Ordinal);
    }

    [Fact]
    public void Slice_Stepping_LiesWithinItsAxis()
    {
        Assert.Equal("(4, 3, 6)", Infer(new SliceOp(1, 1, 3, 3), [4, 8, 6]).ToString());
        Assert.Equal("(4, 8, 6)", Infer(new SliceOp(1, 7, 8, -1), [4, 8, 6]).ToString());
        Assert.Contains("by steps of 4", Refusal(new SliceOp(1, 1, 3, 4), [4, 8, 6]), StringComparison.Ordinal);
        Assert.Contains("by steps of -1", Refusal(new SliceOp(1, 1, 3, -1), [4, 8, 6]), StringComparison.Ordinal);
        Assert.Contains("by steps of 0", Refusal(new SliceOp(1, 1, 3, 0), [4, 8, 6]), StringComparison.Ordinal);
        Assert.NotEmpty(Refusal(new SliceOp(1, 1, int.MaxValue, int.MaxValue), [4, 8, 6]));
    }

    [Fact]
    public void ReduceMean_KeepsOrDropsItsAxes()
    {
        Assert.Equal("(4)", Infer(new ReduceMeanOp(KeepDims: false, 1, 2), [4, 8, 6]).ToString());
        Assert.Equal("(4, 8, 1)", Infer(new ReduceMeanOp(KeepDims: true, -1), [4, 8, 6]).ToString());
        Assert.Equal("()", Infer(new ReduceMeanOp(KeepDims: false, 0, 1, 2), [4, 8, 6]).ToString());
        Assert.Contains("repeat", Refusal(new ReduceMeanOp(KeepDims: true, 2, -1), [4, 8, 6]), StringComparison.Ordinal);
        Assert.Contains("none", Refusal(new ReduceMeanOp(KeepDims: true), [4, 8, 6]), StringComparison.Ordinal);
        Assert.Contains("axis 3", Refusal(new ReduceMeanOp(KeepDims: true, 3), [4, 8, 6]), StringComparison.Ordinal);
    }

    [Fact]
    public void ReduceMean_EqualsByItsAxes()
    {
        Assert.Equal(new ReduceMeanOp(true, 1, 2), new ReduceMeanOp(true, 1, 2));
        Assert.NotEqual(new ReduceMeanOp(true, 1, 2), new ReduceMeanOp(false, 1, 2));
        Assert.NotEqual(new ReduceMeanOp(true, 1, 2), new ReduceMeanOp(true, 1));
    }

    [Fact]
    public void PRelu_Alpha_BroadcastsAgainstTheSample()
    {
        Assert.Equal("(4, 8, 6)", Infer(new PReluOp(), [4, 8, 6], Plain("alpha", 4, 1, 1)).ToString());
        Assert.Equal("(4, 8, 6)", Infer(new PReluOp(), [4, 8, 6], Plain("alpha")).ToString());
        Assert.Contains("do not broadcast", Refusal(new PReluOp(), [4, 8, 6], Plain("alpha", 4)), StringComparison.Ordinal);
        Assert.Contains(
            "larger than its input", Refusal(new PReluOp(), [4, 1, 1], Plain("alpha", 4, 8, 6)), StringComparison.Ordinal);
        Assert.Contains("'alpha' is missing", Refusal(new PReluOp(), [4, 8, 6]), StringComparison.Ordinal);
    }

    [Fact]
    public void ClipDropoutAndActivation_BadParameters_AreRefused()
    {
        Assert.Equal("(4, 8, 6)", Infer(new ClipOp(float.NegativeInfinity, 6), [4, 8, 6]).ToString());
        Assert.Equal("(4, 8, 6)", Infer(new DropoutOp(0.5f), [4, 8, 6]).ToString());
        Assert.Contains("bounds", Refusal(new ClipOp(0, float.NaN), [4, 8, 6]), StringComparison.Ordinal);
        Assert.Contains(
            "parameters", Refusal(new ActivationOp(ActivationKind.Elu, float.PositiveInfinity), [4, 8, 6]),
            StringComparison.Ordinal);
        Assert.Contains("parameters", Refusal(new ActivationOp(ActivationKind.Celu, 0), [4, 8, 6]), StringComparison.Ordinal);
    }

    [Fact]
    public void Activation_WithoutParameters_HasItsKindsDefaults()
    {
        Assert.Equal(new ActivationOp(ActivationKind.HardSigmoid, 1f / 6, 0.5f), new ActivationOp(ActivationKind.HardSigmoid));
        Assert.Equal(
            new ActivationOp(ActivationKind.HardSigmoid, 0.2f, 0.5f), new ActivationOp(ActivationKind.HardSigmoid, 0.2f));
        Assert.Equal(1, new ActivationOp(ActivationKind.Elu).Alpha);
        Assert.Equal(1.050701f, new ActivationOp(ActivationKind.Selu).Beta, 6);
    }

    [Theory]
    [InlineData(2, 2, "(4, 16, 14)")]
    [InlineData(0.5, 0.5, "(4, 4, 3)")]
    public void Resize_RoundsDown(double height, double width, string expected) =>
        Assert.Equal(
            expected, Infer(new ResizeOp(ResizeKind.Bilinear, height, width, ResizeCoordinates.HalfPixel), [4, 8, 7]).ToString());

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(1e300)]
    [InlineData(1e-9)]
    public void Resize_BadScale_IsRefused(double scale) =>
        Assert.NotEmpty(Refusal(new ResizeOp(ResizeKind.Nearest, scale, 1, ResizeCoordinates.HalfPixel), [4, 8, 7]));

    [Fact]
    public void Reshape_KeepsAndInfers()
    {
        Assert.Equal("(4, 48)", Infer(new ReshapeOp(0, -1), [4, 8, 6]).ToString());
        Assert.Equal("(2, 2, 48)", Infer(new ReshapeOp(2, 2, -1), [4, 8, 6]).ToString());
        Assert.Contains("do not fit", Refusal(new ReshapeOp(5, -1), [4, 8, 6]), StringComparison.Ordinal);
        Assert.Contains("is no shape", Refusal(new ReshapeOp(-1, -1), [4, 8, 6]), StringComparison.Ordinal);
        Assert.NotEmpty(Refusal(new ReshapeOp(int.MaxValue, int.MaxValue, int.MaxValue), [4, 8, 6]));
    }

    [Fact]
    public void Transpose_ReordersExtents()
    {
        Assert.Equal("(8, 6, 4)", Infer(new TransposeOp(1, 2, 0), [4, 8, 6]).ToString());
        Assert.Contains("no permutation", Refusal(new TransposeOp(1, 1, 0), [4, 8, 6]), StringComparison.Ordinal);
    }

    [Fact]
    public void FlattenActivationAndSoftmax_FollowTheirInput()
    {
        Assert.Equal("(192)", Infer(new FlattenOp(ChannelsLast: true), [4, 8, 6]).ToString());
        Assert.Equal("(4, 8, 6)", Infer(new ActivationOp(ActivationKind.Relu), [4, 8, 6]).ToString());
        Assert.Equal("(4, 8, 6)", Infer(new SoftmaxOp(0), [4, 8, 6]).ToString());
        Assert.Contains("axis 5", Refusal(new SoftmaxOp(5), [4, 8, 6]), StringComparison.Ordinal);
    }

    [Fact]
    public void HugeOutput_IsRefused() =>
        Assert.Contains("elements", Refusal(new Pad2DOp(Padding2D.Uniform(4096)), [1000, 8192, 8192]), StringComparison.Ordinal);

    private static TensorShape Infer(LayerOp op, int[] input, params LayerWeight[] weights) =>
        ShapeInference.InferLayer(Layer("it", op, "input", weights), [new TensorShape(input)]);

    private static TensorShape InferMany(LayerOp op, params int[][] inputs) => ShapeInference.InferLayer(
        new Layer { Name = "it", Op = op, Inputs = [.. inputs.Select((_, i) => $"{i}")] }, [.. inputs.Select(input => new TensorShape(input))]);

    private static string Refusal(LayerOp op, int[] input, params LayerWeight[] weights) =>
        Assert.Throws<ModelFormatException>(() => Infer(op, input, weights)).Message;
}
