using static CnnViz.Models.Tests.Graph.Graphs;

namespace CnnViz.Models.Tests.Summary;

public sealed class ModelSummaryTests
{
    /// <summary>The tutorials' example: Conv2D, Flatten, Dense on 32x32 RGB.</summary>
    private static ModelGraph Example() => Of(
        Input(3, 32, 32),
        Layer("conv2d_1", new Conv2DOp(Size2D.One, Size2D.One, Padding2D.None), "input", Weight("kernel", WeightLayout.Hwio, 3, 3, 3, 32), Plain("bias", 32)),
        Layer("flatten_1", new FlattenOp(ChannelsLast: true), "conv2d_1"),
        Layer("dense_1", new DenseOp(), "flatten_1", Plain("kernel", 28_800, 5), Plain("bias", 5)));

    [Fact]
    public void ToText_SequentialExample_IsKerasToTheCharacter()
    {
        using var graph = Example();
        const string Expected = """
            _________________________________________________________________
            Layer (type)                 Output Shape              Param #   
            =================================================================
            conv2d_1 (Conv2D)            (None, 30, 30, 32)        896       
            _________________________________________________________________
            flatten_1 (Flatten)          (None, 28800)             0         
            _________________________________________________________________
            dense_1 (Dense)              (None, 5)                 144005    
            =================================================================
            Total params: 144,901
            Trainable params: 144,901
            Non-trainable params: 0
            _________________________________________________________________

            """;
        var text = ModelSummary.Create(graph, 32, 32).ToText(new SummaryTextOptions { ModelLine = false, InputRow = false });
        Assert.Equal(Expected.ReplaceLineEndings("\n"), text);
    }

    [Fact]
    public void ToText_Defaults_NameTheModelAndListTheInput()
    {
        using var graph = Example();
        var lines = ModelSummary.Create(graph, 32, 32).ToText().Split('\n');
        Assert.Equal("Model: \"test\"", lines[0]);
        Assert.Equal("input (InputLayer)           (None, 32, 32, 3)         0         ", lines[4]);
    }

    [Fact]
    public void Create_BatchNormalization_CountsItsStatisticsApart()
    {
        using var graph = Of(Input(1, 96, 96),
            Layer("conv2d_1", new Conv2DOp(Size2D.One, Size2D.One, Padding2D.Uniform(1)), "input", Weight("kernel", WeightLayout.Hwio, 3, 3, 1, 32), Plain("bias", 32)),
            Layer("batch_normalization_1", new BatchNormalizationOp(1e-3f), "conv2d_1",
                Plain("gamma", 32), Plain("beta", 32), Plain("moving_mean", 32), Plain("moving_variance", 32)));
        var summary = ModelSummary.Create(graph, 96, 96);
        Assert.Equal([0, 320, 128], summary.Rows.Select(row => row.Parameters));
        Assert.Equal((448, 384, 64), (summary.TotalParameters, summary.TrainableParameters, summary.NonTrainableParameters));

        // "batch_normalization_1 (BatchNormalization)" is longer than its column and is cut at it.
        Assert.Contains(
            "batch_normalization_1 (Batch (None, 96, 96, 32)        128       \n", summary.ToText(), StringComparison.Ordinal);
    }

    [Fact]
    public void ToText_Branches_ShowConnectionsOnTheirOwnLines()
    {
        using var graph = Of(Input(),
            Layer("a", new ActivationOp(ActivationKind.Relu), "input"),
            Layer("b", new ActivationOp(ActivationKind.Tanh), "input"),
            new Layer { Name = "sum", Op = new BinaryOp(BinaryKind.Add), Inputs = ["a", "b"] });
        var summary = ModelSummary.Create(graph, 8, 8);
        Assert.False(summary.IsSequential);
        var lines = summary.ToText().Split('\n');
        Assert.Equal(new string('_', 98), lines[1]);
        Assert.Equal(
            "Layer (type)                    Output Shape         Param #     Connected to                     ", lines[2]);
        Assert.Contains(
            "sum (Add)                       (None, 8, 8, 3)      0           a[0][0]                          ", lines);
        Assert.Contains(
            "                                                                 b[0][0]                          ", lines);
    }

    [Fact]
    public void Create_ChannelsFirst_PrintsChannelsFirst()
    {
        using var graph = Of(Input() with { ChannelsLast = false }, Layer("a", new ActivationOp(ActivationKind.Relu), "input"));
        Assert.Equal("(None, 3, 8, 16)", ModelSummary.Create(graph, 8, 16).Rows[1].OutputShape);
    }

    [Fact]
    public void Create_BehindUnsupported_HasNoShape()
    {
        using var graph = Of(Input(), Layer("odd", new UnsupportedOp("TopKV2", "unknown"), "input"));
        var row = ModelSummary.Create(graph, 8, 8).Rows[1];
        Assert.Equal(("TopKV2", "?", null), (row.ClassName, row.OutputShape, row.Shape));
    }
}
