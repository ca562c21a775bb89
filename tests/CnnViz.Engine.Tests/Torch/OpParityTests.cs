using CnnViz.Engine.Torch;
using Xunit.Abstractions;

namespace CnnViz.Engine.Tests.Torch;

/// <summary>Every op's activation and input gradient against the float64 reference, in both memory orders.</summary>
public sealed class OpParityTests(ReferenceFixture reference, ITestOutputHelper output) : IClassFixture<ReferenceFixture>
{
    public static TheoryData<string, bool> Cases
    {
        get
        {
            var data = new TheoryData<string, bool>();
            foreach (var name in OpCases.All.Keys)
            {
                data.Add(name, true);
                data.Add(name, false);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Forward_Op_EqualsReference(string name, bool channelsLast)
    {
        var (activation, gradient) = Run(name, channelsLast);
        var forward = Parity.RelativeError(activation, reference[name].Activation);
        var backward = Parity.RelativeError(gradient, reference[name].Gradient);
        var angle = Parity.AngleError(gradient, reference[name].Gradient);
        output.WriteLine($"forward {forward:e2}, gradient {backward:e2}, 1-cos {angle:e2}");
        Assert.InRange(forward, 0, 3e-6);
        Assert.InRange(backward, 0, 3e-6);
        Assert.InRange(angle, -1e-9, 1e-9);
    }

    private (float[] Activation, float[] Gradient) Run(string name, bool channelsLast)
    {
        using var graph = OpCases.Build(name);
        var answer = reference[name];
        var engine = new TorchEngine(new TorchEngineOptions { Device = "cpu", Threads = 2, ChannelsLast = channelsLast });
        var target = graph.Layers[^1].Name;
        using var model = engine.Compile(graph, new CompileOptions(OpCases.Height, OpCases.Width, [target]));
        using var pass = model.Forward(answer.Images, ReferenceFixture.Batch, withGradient: true);
        var activation = new float[answer.Activation.Length];
        var gradient = new float[answer.Gradient.Length];
        pass.CopyActivation(target, activation);
        pass.Backward(new Dictionary<string, ReadOnlyMemory<float>> { [target] = answer.Cotangent }, gradient);
        return (activation, gradient);
    }
}
