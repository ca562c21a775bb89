using CnnViz.Engine.Maximization;
using CnnViz.Engine.Numerics;
using CnnViz.Models;

namespace CnnViz.Engine.Tests.Maximization;

public sealed class RegularizerTests
{
    private static readonly TensorShape _shape = new(3, 9, 7);

    public static TheoryData<string> Names => [.. Regularizers().Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Add_RandomPicture_GradientTimesFactorAddedAsFiniteDifferences(string name)
    {
        var penalty = Regularizers()[name];
        var image = Close.Random((int)_shape.ElementCount, 5);
        float[] gradient = [.. Enumerable.Repeat(2f, image.Length)];

        penalty.Add(image, -3, gradient);

        float[] own = [.. gradient.Select(g => (g - 2) / -3)];
        Close.Gradient(at => penalty.Add(at, 0, new float[at.Length]), image, own, 1e-4, 2e-2);
    }

    [Fact]
    public async Task Add_RandomPicture_ValuesAsNumpy()
    {
        var image = Close.Random((int)_shape.ElementCount, 6);

        var expected = await PythonReference.RunAsync(
            "penalties", new { image, channels = 3, height = 9, width = 7, sigma = 1.5 });

        foreach (var (name, penalty) in Regularizers())
        {
            Close.Relative((double)expected[name]!, penalty.Add(image, 0, new float[image.Length]), 1e-5);
        }
    }

    [Fact]
    public void Blur_TwoRandomPlanes_ItsOwnAdjoint()
    {
        var blur = new GaussianBlur(2);
        var (x, y) = (Close.Random(63, 1), Close.Random(63, 2));
        var (bx, by) = (new float[63], new float[63]);

        blur.Apply(x, bx, 9, 7);
        blur.Apply(y, by, 9, 7);

        Assert.Equal(Close.Dot(bx, y), Close.Dot(x, by), 1e-5);
    }

    [Fact]
    public async Task GradientBlurs_ThreeDeviations_NormalisedSumAsNumpy()
    {
        var gradient = Close.Random((int)_shape.ElementCount, 3);
        var expected = await PythonReference.RunAsync(
            "gradient_blurs", new { image = gradient, channels = 3, height = 9, width = 7, sigmas = new[] { 1, 2, 4 } });

        new GradientBlurs(_shape, [1, 2, 4]).Apply(gradient);

        Close.Arrays(expected.Doubles("gradient"), gradient, 1e-5);
    }

    private static Dictionary<string, IRegularizer> Regularizers() => new()
    {
        ["tv"] = new TotalVariation(_shape),
        ["l1"] = new L1Penalty(),
        ["l2"] = new L2Penalty(),
        ["blur"] = new BlurPenalty(_shape, 1.5),
    };
}
