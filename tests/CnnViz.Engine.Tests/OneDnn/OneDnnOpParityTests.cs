using CnnViz.Engine.OneDnn;
using CnnViz.Engine.Tests.Torch;
using Xunit.Abstractions;

namespace CnnViz.Engine.Tests.OneDnn;

/// <summary>Every op's activation and input gradient against the float64 reference, by one thread and by two.</summary>
public sealed class OneDnnOpParityTests(ReferenceFixture reference, ITestOutputHelper output) : IClassFixture<ReferenceFixture>
{
    public static TheoryData<string, int> Cases
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (var name in OpCases.All.Keys)
            {
                data.Add(name, 1);
                data.Add(name, 2);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Forward_Op_EqualsReference(string name, int threads)
    {
        using var graph = OpCases.Build(name);
        var answer = reference[name];
        var engine = new OneDnnEngine(new OneDnnEngineOptions { Threads = 2 });
        var target = graph.Layers[^1].Name;
        using var model = engine.Compile(graph, new CompileOptions(OpCases.Height, OpCases.Width, [target]) { Threads = threads });
        using var pass = model.Forward(answer.Images, ReferenceFixture.Batch, withGradient: true);
        var activation = new float[answer.Activation.Length];
        var gradient = new float[answer.Gradient.Length];
        pass.CopyActivation(target, activation);
        pass.Backward(new Dictionary<string, ReadOnlyMemory<float>> { [target] = answer.Cotangent }, gradient);

        var forward = Parity.RelativeError(activation, answer.Activation);
        var backward = Parity.RelativeError(gradient, answer.Gradient);
        var angle = Parity.AngleError(gradient, answer.Gradient);
        output.WriteLine($"forward {forward:e2}, gradient {backward:e2}, 1-cos {angle:e2}");
        Assert.InRange(forward, 0, 1e-5);
        Assert.InRange(backward, 0, 1e-5);
        Assert.InRange(angle, -1e-9, 1e-9);
    }
}
