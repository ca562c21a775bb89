using CnnViz.Engine.Maximization;

namespace CnnViz.Engine.Tests.Maximization;

public sealed class OptimizerTests
{
    [Fact]
    public async Task Adam_TenSteps_AsPyTorch()
    {
        var adam = new Adam(0.05, 0.9, 0.999, 1e-8);
        var start = Close.Random(37, 1);
        float[] x = [.. start];
        var state = new float[adam.StateLength(37)];
        float[][] gradients = [.. Enumerable.Range(0, 10).Select(i => Close.Random(37, 10 + (ulong)i))];

        // Gradients as small as a deep network's must not vanish in the squares.
        gradients[3] = [.. gradients[3].Select(g => g * 1e-12f)];
        for (var step = 1; step <= gradients.Length; step++)
        {
            adam.Step(step, x, gradients[step - 1], state);
        }

        var expected = await PythonReference.RunAsync(
            "adam", new { start, gradients, rate = 0.05, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 });
        Close.Arrays(expected.Doubles("end"), x, 1e-6);
    }

    /// <summary>As many steps as MaCo takes: the momentum's schedule moves slowly.</summary>
    [Theory]
    [InlineData(1.0, 0.9, 0.999, 1e-8)]
    [InlineData(0.05, 0.8, 0.99, 1e-3)]
    public async Task Nadam_WholeRun_AsPyTorch(double rate, double beta1, double beta2, double epsilon)
    {
        var nadam = new Nadam(rate, beta1, beta2, epsilon);
        var start = Close.Random(13, 1);
        float[][] gradients = [.. Enumerable.Range(0, 256).Select(i => Close.Random(13, (ulong)(10 + i)))];
        gradients[3] = [.. gradients[3].Select(g => g * 1e-12f)];
        float[] x = [.. start];
        var state = new float[nadam.StateLength(x.Length)];
        for (var step = 1; step <= gradients.Length; step++)
        {
            nadam.Step(step, x, gradients[step - 1], state);
        }

        var expected = await PythonReference.RunAsync("nadam", new { start, gradients, rate, beta1, beta2, epsilon });
        Close.Arrays(expected.Doubles("end"), x, 1e-4);
    }

    [Fact]
    public void NormalizedGradientAscent_AnyGradient_StepsAsFarAsTheRate()
    {
        var x = new float[21];
        float[] gradient = [.. Close.Random(21, 1).Select(g => g * 1e-4f)];

        new NormalizedGradientAscent(10).Step(1, x, gradient, []);

        Assert.Equal(10, Math.Sqrt(Close.Dot(x, x)), 1e-5);
        Assert.Equal(Math.Sqrt(Close.Dot(gradient, gradient)) * 10, Close.Dot(x, gradient), 1e-8);
    }

    [Theory]
    [InlineData(1e-8f, 0.01)]
    [InlineData(0f, 0)]
    [InlineData(1e-30f, 1e-24 * 1e0)]
    public void NormalizedGradientAscent_TinyGradient_DividesByTheFloor(float gradient, double expected)
    {
        // sqrt(1e-12) = 1e-6 is the least that gradients are divided by: 1e-8 / 1e-6 = 0.01 of the rate.
        var x = new float[1];

        new NormalizedGradientAscent(1).Step(1, x, [gradient], []);

        Assert.Equal(expected, x[0], 1e-8 * Math.Max(expected, 1e-20) + (expected * 1e-6));
    }
}
