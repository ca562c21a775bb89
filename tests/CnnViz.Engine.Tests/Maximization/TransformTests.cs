using CnnViz.Engine.Maximization;
using CnnViz.Engine.Numerics;
using CnnViz.Models;

namespace CnnViz.Engine.Tests.Maximization;

public sealed class TransformTests
{
    private static readonly TensorShape _shape = new(3, 17, 24);

    public static TheoryData<string> Kinds => new("identity", "roll", "affine", "lucid");

    [Theory]
    [InlineData("reflection", 7, 1.1, 3.3, -2.2)]
    [InlineData("reflection", -40, 0.5, 60, 45)]
    [InlineData("zeros", 7, 1.1, 3.3, -2.2)]
    [InlineData("zeros", 160, 2, -9, 6)]
    [InlineData("zeros", 0, 1, 500, 0)]
    [InlineData("reflection", 0, 1, 0, 0)]
    public async Task Sampler_AnyMap_AsGridSample(string padding, double degrees, double scale, double right, double down)
    {
        var map = AffineMap.Shift(right, down).Then(AffineMap.TurnAndScale(degrees, scale, 11.5, 8));
        var sampler = new BilinearSampler(_shape);
        var (image, gradient) = (Close.Random(3 * 17 * 24, 1), Close.Random(3 * 17 * 24, 2));
        var (sampled, back) = (new float[image.Length], new float[image.Length]);

        sampler.Prepare(map, padding == "zeros" ? SamplePadding.Gray : SamplePadding.Reflection);
        sampler.Gather(image, sampled);
        sampler.Scatter(gradient, back);

        var expected = await PythonReference.RunAsync("grid_sample", new
        {
            channels = 3,
            height = 17,
            width = 24,
            image,
            gradient,
            padding,
            map = new[] { map.Xx, map.Xy, map.X0, map.Yx, map.Yy, map.Y0 },
        });
        if (right == 500)
        {
            Assert.All(sampled.Concat(back), x => Assert.Equal(0, x));
            return;
        }

        Close.Arrays(expected.Doubles("sampled"), sampled, 1e-6);
        Close.Arrays(expected.Doubles("gradient"), back, 1e-6);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Adjoint_SeveralDraws_SameInnerProduct(string kind)
    {
        var transform = Create(kind);
        for (ulong step = 1; step <= 10; step++)
        {
            var (x, y) = (Close.Random(3 * 17 * 24, step), Close.Random(3 * 17 * 24, 100 + step));
            var (forward, backward) = (new float[x.Length], new float[x.Length]);

            transform.Draw(new CounterRandom(5, RandomPurpose.Transform, step));
            transform.Forward(x, forward);
            transform.Adjoint(y, backward);

            Assert.Equal(Close.Dot(forward, y), Close.Dot(x, backward), 1e-4);
        }
    }

    [Theory]
    [InlineData("roll")]
    [InlineData("affine")]
    [InlineData("lucid")]
    public void Draw_OtherStep_OtherPictureAndSameStepTheSame(string kind)
    {
        var transform = Create(kind);
        var image = Close.Random(3 * 17 * 24, 1);
        float[] Draw(ulong step)
        {
            var result = new float[image.Length];
            transform.Draw(new CounterRandom(5, RandomPurpose.Transform, step));
            transform.Forward(image, result);
            return result;
        }

        var first = Draw(1);

        Assert.NotEqual(first, Draw(2));
        Assert.Equal(first, Draw(1));
    }

    [Fact]
    public void Affine_ConstantPicture_StaysConstantToItsEdges()
    {
        var transform = new AffineTransform(_shape);
        var image = new float[3 * 17 * 24];
        Array.Fill(image, 0.7f);
        var seen = new float[image.Length];
        for (ulong step = 1; step <= 20; step++)
        {
            transform.Draw(new CounterRandom(1, RandomPurpose.Transform, step));
            transform.Forward(image, seen);

            Assert.All(seen, x => Assert.Equal(0.7f, x, 1e-6f));
        }
    }

    [Fact]
    public void Lucid_CornerlessDot_StaysNearTheMiddle()
    {
        // The chain shifts by at most 12 - 8/2 + 4 plus what turning and scaling move: the middle never leaves a window of +-12.
        var shape = new TensorShape(1, 64, 64);
        var transform = new LucidTransform(shape);
        var image = new float[64 * 64];
        foreach (var (y, x) in from y in Enumerable.Range(31, 2) from x in Enumerable.Range(31, 2) select (y, x))
        {
            image[(y * 64) + x] = 1;
        }

        var centres = new HashSet<(int, int)>();
        for (ulong step = 1; step <= 50; step++)
        {
            var seen = new float[64 * 64];
            transform.Draw(new CounterRandom(1, RandomPurpose.Transform, step));
            transform.Forward(image, seen);

            var total = seen.Sum();
            var centreX = Enumerable.Range(0, 64 * 64).Sum(i => seen[i] * (i % 64)) / total;
            var centreY = Enumerable.Range(0, 64 * 64).Sum(i => seen[i] * (i / 64)) / total;
            Assert.InRange(total, 2.5f, 6f);
            Assert.InRange(centreX, 31.5 - 8, 31.5 + 8);
            Assert.InRange(centreY, 31.5 - 8, 31.5 + 8);
            centres.Add(((int)Math.Round(centreX), (int)Math.Round(centreY)));
        }

        Assert.True(centres.Count > 20, $"only {centres.Count} places");
    }

    [Fact]
    public void Roll_ByPixels_MovesWithoutLoss()
    {
        var transform = new RollTransform(_shape, 5);
        var image = Close.Random(3 * 17 * 24, 1);
        var seen = new float[image.Length];

        transform.Draw(new CounterRandom(5, RandomPurpose.Transform, 1));
        transform.Forward(image, seen);

        Assert.Equal(image.Order(), seen.Order());
    }

    private static ITransform Create(string kind) => kind switch
    {
        "roll" => new RollTransform(_shape, 5),
        "affine" => new AffineTransform(_shape),
        "lucid" => new LucidTransform(_shape),
        _ => new IdentityTransform(),
    };
}
