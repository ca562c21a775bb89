using CnnViz.Render.Tests.Support;
using CnnViz.Render.Upstream;
using CnnViz.V1;

namespace CnnViz.Render.Tests.Upstream;

/// <summary>
/// Kernels whose values spell out where they belong: filter, input channel, row and column, one decimal digit each.
/// </summary>
public sealed class LayerKernelTests
{
    // No two extents are the same: (filters per group, inputs per group, height, width).
    private const int Outputs = 5;
    private const int Inputs = 4;
    private const int Height = 3;
    private const int Width = 2;

    [Theory]
    [InlineData("OIHW", 1)]
    [InlineData("HWIO", 1)]
    [InlineData("IOHW", 0)]
    [InlineData("IOHW", 1)]
    [InlineData("IOHW", 2)]
    [InlineData("HWOI", 1)]
    [InlineData("HWOI", 2)]
    public void Copy_EveryTile_HasTheValuesOfItsFilterAndInput(string layout, int groups)
    {
        var kernel = LayerKernel.From(Tensor(layout, Math.Max(1, groups)), groups)!;

        Assert.Equal(
            (Outputs * Math.Max(1, groups), Inputs, Height, Width), (kernel.Filters, kernel.Inputs, kernel.Height, kernel.Width));
        AssertTiles(kernel);
    }

    [Fact]
    public void Copy_Depthwise_EveryOutputChannelHasOneInput()
    {
        // (h, w, channel, multiple): output channel = channel * 2 + multiple.
        var values = new List<float>();
        for (var row = 0; row < Height; row++)
        {
            for (var column = 0; column < Width; column++)
            {
                for (var channel = 0; channel < 4; channel++)
                {
                    for (var multiple = 0; multiple < 2; multiple++)
                    {
                        values.Add(Value((channel * 2) + multiple, 0, row, column));
                    }
                }
            }
        }

        var kernel = LayerKernel.From(Made.Tensor("kernel", "HWIM", [.. values], Height, Width, 4, 2), 4)!;
        Assert.Equal((8, 1), (kernel.Filters, kernel.Inputs));
        AssertTiles(kernel);
    }

    [Fact]
    public void From_GroupsThatDoNotDivide_AreRefused() =>
        Assert.Throws<InvalidDataException>(() => LayerKernel.From(Tensor("IOHW", 1), 3));

    [Theory]
    [InlineData("IO")]
    [InlineData("DDDD")]
    public void From_AnotherTensor_IsNoKernel(string layout) =>
        Assert.Null(LayerKernel.From(Made.Tensor("kernel", layout, new float[6], 3, 2, 1, 1), 1));

    /// <summary>A picture of a transposed kernel is the picture of the same kernel stored in another order.</summary>
    [Theory]
    [InlineData("IOHW", 1)]
    [InlineData("HWOI", 1)]
    [InlineData("IOHW", 2)]
    [InlineData("HWOI", 2)]
    public void Draw_TransposedKernel_EqualsTheSameKernelInCanonicalOrder(string layout, int groups)
    {
        var model = Made.Model("hidden");
        model.Layers[^1].Weights.Add(new WeightInfo { Role = "kernel", Layout = layout, Groups = groups });
        var request = new RenderFiltersRequest { Order = FilterOrder.L2, Style = new TileStyle { Caption = false, Scale = 2 } };
        var transposed = Made.Filters(Tensor(layout, groups), request, model);
        var canonical = Made.Filters(Canonical(groups), request);

        Assert.Equal(Outputs * Inputs * groups, transposed.Tiles);
        Assert.Equal(canonical.File, transposed.File);
    }

    private static float Value(int filter, int input, int row, int column) =>
        (filter * 1000) + (input * 100) + (row * 10) + column;

    private static void AssertTiles(LayerKernel kernel)
    {
        var tile = new float[Height * Width];
        for (var filter = 0; filter < kernel.Filters; filter++)
        {
            for (var input = 0; input < kernel.Inputs; input++)
            {
                kernel.Copy(filter, input, tile);
                for (var i = 0; i < tile.Length; i++)
                {
                    Assert.Equal(Value(filter, input, i / Width, i % Width), tile[i]);
                }
            }
        }
    }

    /// <summary>(filters of all groups, inputs of a group, h, w), as a convolution in ONNX has it.</summary>
    private static ReceivedTensor Canonical(int groups)
    {
        var values = new float[Outputs * groups * Inputs * Height * Width];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = Value(
                i / (Inputs * Height * Width), i / (Height * Width) % Inputs, i / Width % Height, i % Width);
        }

        return Made.Tensor("kernel", "OIHW", values, Outputs * groups, Inputs, Height, Width);
    }

    private static ReceivedTensor Tensor(string layout, int groups)
    {
        var extents = layout.Select(axis => axis switch
        {
            'O' => Outputs,
            'I' => Inputs * groups,
            'H' => Height,
            _ => Width,
        }).ToArray();
        var values = new float[extents.Aggregate(1, (product, extent) => product * extent)];
        for (var i = 0; i < values.Length; i++)
        {
            var at = new Dictionary<char, int>();
            var rest = i;
            for (var axis = 3; axis >= 0; axis--)
            {
                (rest, at[layout[axis]]) = Math.DivRem(rest, extents[axis]);
            }

            var (group, input) = Math.DivRem(at['I'], Inputs);
            values[i] = Value((group * Outputs) + at['O'], input, at['H'], at['W']);
        }

        return Made.Tensor("kernel", layout, values, [.. extents.Select(extent => (long)extent)]);
    }
}
