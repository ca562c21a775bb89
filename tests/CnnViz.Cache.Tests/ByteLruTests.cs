using CnnViz.Cache.Memory;

namespace CnnViz.Cache.Tests;

public sealed class ByteLruTests
{
    [Fact]
    public void Set_MoreThanTheCapacity_TheLeastRecentlyUsedGo()
    {
        var lru = new ByteLru<string, int>(10);
        lru.Set("a", 1, 4);
        lru.Set("b", 2, 4);
        Assert.True(lru.TryGet("a", out _));
        lru.Set("c", 3, 4);
        Assert.False(lru.TryGet("b", out _));
        Assert.True(lru.TryGet("a", out var a) && a == 1);
        Assert.True(lru.TryGet("c", out var c) && c == 3);
        Assert.Equal((8, 2), (lru.Bytes, lru.Count));
    }

    [Fact]
    public void Set_LargerThanTheCapacity_NotKeptAndNothingElseGoes()
    {
        var lru = new ByteLru<string, int>(10);
        lru.Set("a", 1, 4);
        lru.Set("b", 2, 11);
        Assert.False(lru.TryGet("b", out _));
        Assert.True(lru.TryGet("a", out _));
        lru.Set("a", 1, 11);
        Assert.Equal((0, 0), (lru.Bytes, lru.Count));
    }

    [Fact]
    public void Set_AnySequence_NeverMoreThanTheCapacity()
    {
        var random = new Random(1);
        var lru = new ByteLru<int, int>(1000);
        for (var i = 0; i < 10_000; i++)
        {
            lru.Set(random.Next(50), i, random.Next(300));
            Assert.InRange(lru.Bytes, 0, 1000);
        }

        Assert.InRange(lru.Count, 1, 50);
    }
}
