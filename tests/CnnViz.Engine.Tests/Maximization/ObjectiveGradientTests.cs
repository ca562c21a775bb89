using CnnViz.Engine.Maximization;
using CnnViz.Models;

namespace CnnViz.Engine.Tests.Maximization;

/// <summary>Every objective's cotangent against finite differences, and what each objective measures.</summary>
public sealed class ObjectiveGradientTests
{
    private static readonly TensorShape _shape = new(4, 6, 5);
    private static readonly float[] _direction = [0.5f, -1, 2, 0.25f];

    public static TheoryData<string> Names => [.. Objectives().Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Evaluate_RandomActivation_CotangentAsFiniteDifferences(string name)
    {
        var objective = Objectives()[name];
        var activation = Activation();
        var cotangent = new float[activation.Length];
        Array.Fill(cotangent, float.NaN);

        objective.Evaluate(activation, _shape, 2, cotangent);

        Assert.Contains(cotangent, g => g != 0);
        Close.Gradient(at => objective.Evaluate(at, _shape, 2, new float[at.Length]), activation, cotangent, 1e-2, 1e-3);
    }

    [Fact]
    public void Neuron_NoPosition_TheMiddleCell()
    {
        var activation = Activation();

        var value = new NeuronObjective("layer").Evaluate(activation, _shape, 1, new float[activation.Length]);

        Assert.Equal(activation[(1 * 30) + (3 * 5) + 2], value);
    }

    [Fact]
    public void Neuron_CellOutsideTheMap_Refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(
            () => new NeuronObjective("layer", row: 6).Evaluate(Activation(), _shape, 1, new float[120]));

    [Fact]
    public void DeepDream_KnownValues_MeanOfSquares()
    {
        float[] activation = [1, -2, 3, 0];

        Assert.Equal(14 / 4.0, new DeepDreamObjective("layer").Evaluate(activation, new TensorShape(4), 0, new float[4]), 1e-9);
    }

    [Theory]
    [InlineData(0, 2.5)]
    [InlineData(2, 2.5 * 0.5 * 0.5)]
    public void Direction_AnAngleOfSixtyDegrees_DotTimesCosineToThePower(double power, double expected)
    {
        // |a| = 5, |d| = 1, cos = 0.5.
        float[] activation = [2.5f, (float)(5 * Math.Sqrt(0.75))];

        var value = new DirectionObjective("layer", [1, 0], power, 0).Evaluate(activation, new TensorShape(2), 0, new float[2]);

        Assert.Equal(expected, value, 1e-5);
    }

    [Fact]
    public void Direction_PointingAway_CosineHeldAtATenth()
    {
        var value = new DirectionObjective("layer", [1, 0], 2, 0).Evaluate([-3, 1], new TensorShape(2), 0, new float[2]);

        Assert.Equal(-3 * 0.01, value, 1e-6);
    }

    [Fact]
    public void Diversity_Cotangents_AsFiniteDifferences()
    {
        const int variants = 3;
        var activations = Close.Random(variants * 120, 7);
        var cotangents = new float[activations.Length];

        DiversityObjective.Add(activations, _shape, variants, 1, cotangents);

        Close.Gradient(
            at => DiversityObjective.Add(at, _shape, variants, 1, new float[at.Length]), activations, cotangents, 1e-2, 1e-3);
    }

    [Fact]
    public async Task Diversity_RandomActivations_AsNumpy()
    {
        const int variants = 4;
        var activations = Close.Random(variants * 120, 8);
        float[] cotangents = [.. Enumerable.Repeat(1f, activations.Length)];

        var value = DiversityObjective.Add(activations, _shape, variants, 100, cotangents);

        var expected = await PythonReference.RunAsync("diversity", new { activations, variants, channels = 4 });
        Close.Relative((double)expected["value"]!, value, 1e-5);
        Close.Arrays(expected.Doubles("gradient"), [.. cotangents.Select(g => (g - 1) / 100)], 1e-4);
    }

    [Fact]
    public void Diversity_EqualVariants_MinusOne()
    {
        var one = Close.Random(120, 9);

        Assert.Equal(-1, DiversityObjective.Add([.. one, .. one], _shape, 2, 1, new float[240]), 1e-5);
    }

    private static float[] Activation() => Close.Random((int)_shape.ElementCount, 3);

    private static Dictionary<string, IObjective> Objectives() => new()
    {
        ["channel"] = new ChannelObjective("layer", 1),
        ["neuron, middle"] = new NeuronObjective("layer"),
        ["neuron, given"] = new NeuronObjective("layer", 0, 4),
        ["direction"] = new DirectionObjective("layer", _direction, 0, 1),
        ["direction, cosine squared"] = new DirectionObjective("layer", _direction, 2, 0),
        ["deep dream"] = new DeepDreamObjective("layer"),
    };
}
