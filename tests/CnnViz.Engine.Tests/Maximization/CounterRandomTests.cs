using CnnViz.Engine.Numerics;

namespace CnnViz.Engine.Tests.Maximization;

public sealed class CounterRandomTests
{
    // Known answers published with the Random123 library for philox4x32-10.
    [Theory]
    [InlineData(new uint[] { 0, 0, 0, 0 }, new uint[] { 0, 0 }, new uint[] { 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 })]
    [InlineData(
        new uint[] { 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff },
        new uint[] { 0xffffffff, 0xffffffff },
        new uint[] { 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd })]
    [InlineData(
        new uint[] { 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344 },
        new uint[] { 0xa4093822, 0x299f31d0 },
        new uint[] { 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1 })]
    public void Philox_PublishedInputs_PublishedOutputs(uint[] counter, uint[] key, uint[] expected)
    {
        var block = new uint[4];

        CounterRandom.Philox(counter[0], counter[1], counter[2], counter[3], key[0], key[1], block);

        Assert.Equal(expected, block);
    }

    [Fact]
    public void NextUInt32_OtherSeedPurposeOrIndex_OtherNumbers()
    {
        uint[] First(ulong seed, RandomPurpose purpose, ulong index)
        {
            var random = new CounterRandom(seed, purpose, index);
            return [.. Enumerable.Range(0, 64).Select(_ => random.NextUInt32())];
        }

        var streams = new[]
        {
            First(1, RandomPurpose.Start, 5),
            First(2, RandomPurpose.Start, 5),
            First(1 + (1UL << 32), RandomPurpose.Start, 5),
            First(1, RandomPurpose.Transform, 5),
            First(1, RandomPurpose.Start, 6),
            First(1, RandomPurpose.Start, 5 + (1UL << 32)),
        };

        Assert.Equal(6 * 64, streams.SelectMany(s => s).Distinct().Count());
        Assert.Equal(streams[0], First(1, RandomPurpose.Start, 5));
    }

    [Fact]
    public void NextNormal_ManyDraws_MomentsOfTheStandardNormal()
    {
        var random = new CounterRandom(7, RandomPurpose.Start, 0);
        double[] draws = [.. Enumerable.Range(0, 200_000).Select(_ => random.NextNormal())];

        Assert.InRange(draws.Average(), -0.01, 0.01);
        Assert.InRange(draws.Average(x => x * x), 0.985, 1.015);
        Assert.InRange(draws.Average(x => x * x * x * x), 2.9, 3.1);
        Assert.InRange(draws.Count(x => Math.Abs(x) < 1) / 200_000.0, 0.6777, 0.6877);
    }

    [Fact]
    public void NextInt32_SmallRange_EveryValueAboutEquallyOften()
    {
        var random = new CounterRandom(7, RandomPurpose.Transform, 3);
        var counts = Enumerable.Range(0, 21_000)
            .Select(_ => random.NextInt32(-10, 10))
            .GroupBy(x => x)
            .ToDictionary(g => g.Key, g => g.Count());

        Assert.Equal(Enumerable.Range(-10, 21), counts.Keys.Order());
        Assert.All(counts.Values, count => Assert.InRange(count, 850, 1150));
    }

    [Fact]
    public void NextSingle_ManyDraws_UniformBelowOne()
    {
        var random = new CounterRandom(9, RandomPurpose.Start, 1);
        float[] draws = [.. Enumerable.Range(0, 100_000).Select(_ => random.NextSingle())];

        Assert.All(draws, x => Assert.InRange(x, 0, 0.99999994f));
        Assert.InRange(draws.Average(), 0.495, 0.505);
    }
}
