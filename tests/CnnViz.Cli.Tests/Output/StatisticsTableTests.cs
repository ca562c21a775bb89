using CnnViz.Cli.Output;
using CnnViz.V1;

namespace CnnViz.Cli.Tests.Output;

public class StatisticsTableTests
{
    [Fact]
    public void Text_KernelWithDeadFilter_RangeHistogramAndFilter()
    {
        var info = new LayerWeightsInfo
        {
            Layer = new LayerInfo
            {
                Name = "conv2d_1",
                Weights = { new WeightInfo { Role = "kernel", Shape = { 3, 3, 1, 2 } } },
            },
            Statistics =
            {
                new WeightStatistics
                {
                    Role = "kernel", Count = 1018, Min = -1.5, Max = 2, Mean = 0.25, Std = 0.5, Zeros = 0.5, NearZeros = 0.75,
                    NearZeroThreshold = 1e-6, HistogramCounts = { 0, 1, 1000, 17 }, FilterL2 = { 0, 3.25 }, DeadFilters = { 0 },
                },
            },
        };

        var text = StatisticsTable.Text(info);

        Assert.Contains("conv2d_1 kernel (3, 3, 1, 2), 1,018 values", text, StringComparison.Ordinal);
        Assert.Contains("min -1.5  mean 0.25  max 2  std 0.5", text, StringComparison.Ordinal);
        Assert.Contains("   ▁█▁\n", text, StringComparison.Ordinal);
        Assert.Contains("norms of 2 filters: 0 to 3.25; dead: 0", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_LayerWithoutWeights_SaysSo()
    {
        var info = new LayerWeightsInfo { Layer = new LayerInfo { Name = "flatten_1" } };
        Assert.Equal("flatten_1 has no weights.", StatisticsTable.Text(info));
    }
}
