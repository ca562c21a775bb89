namespace CnnViz.Models.Tests.Graph;

/// <summary>Small graphs for tests.</summary>
internal static class Graphs
{
    public static InputSpec Input(int channels = 3, int height = 8, int width = 8) => new()
    {
        Name = "input",
        Height = height,
        Width = width,
        Channels = channels,
        Order = ChannelOrder.Other,
        Mean = [.. Enumerable.Repeat(0f, channels)],
        Std = [.. Enumerable.Repeat(1f, channels)],
        ChannelsLast = true,
    };

    public static ModelGraph Of(InputSpec input, params Layer[] layers) =>
        new("test", input, [new Layer { Name = "input", Op = new InputOp() }, .. layers], WeightStore.FromMemory(new Dictionary<string, (int[], float[])>()));

    public static Layer Layer(string name, LayerOp op, string input, params LayerWeight[] weights) =>
        new() { Name = name, Op = op, Inputs = [input], Weights = weights };

    public static LayerWeight Weight(string role, WeightLayout layout, params int[] shape) => new(role, role, shape, layout);

    public static LayerWeight Plain(string role, params int[] shape) => Weight(role, WeightLayout.Plain, shape);
}
