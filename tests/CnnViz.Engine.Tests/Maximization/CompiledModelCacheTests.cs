using CnnViz.Engine.Maximization;

namespace CnnViz.Engine.Tests.Maximization;

public sealed class CompiledModelCacheTests
{
    [Fact]
    public void Rent_SameKeyWhileKept_CompiledOnce()
    {
        var engine = new AnalyticEngine();
        using var graph = AnalyticGraph.Create();
        using var cache = new CompiledModelCache(2);
        ICompiledModel first;
        using (var lease = cache.Rent(engine, graph, At(16)))
        {
            first = lease.Model;
        }

        using var again = cache.Rent(engine, graph, At(16));

        Assert.Same(first, again.Model);
        Assert.Equal(1, engine.Compilations);
    }

    [Fact]
    public void Rent_MoreThanCapacity_LeastRecentlyUsedDisposed()
    {
        var engine = new AnalyticEngine();
        using var graph = AnalyticGraph.Create();
        using var cache = new CompiledModelCache(2);
        foreach (var size in new[] { 16, 32, 16, 48 })
        {
            cache.Rent(engine, graph, At(size)).Dispose();
        }

        Assert.Equal((3, 2), (engine.Compilations, engine.OpenModels));
        cache.Rent(engine, graph, At(16)).Dispose();
        Assert.Equal(3, engine.Compilations);
        cache.Rent(engine, graph, At(32)).Dispose();
        Assert.Equal(4, engine.Compilations);
    }

    [Fact]
    public void Dispose_LeaseStillOut_ModelLivesUntilItIsBack()
    {
        var engine = new AnalyticEngine();
        using var graph = AnalyticGraph.Create();
        var cache = new CompiledModelCache(2);
        var lease = cache.Rent(engine, graph, At(16));

        cache.Dispose();
        Assert.Equal(1, engine.OpenModels);
        lease.Dispose();
        lease.Dispose();

        Assert.Equal(0, engine.OpenModels);
        Assert.Throws<ObjectDisposedException>(() => cache.Rent(engine, graph, At(16)));
    }

    [Fact]
    public void Rent_WhateverChangesTheModel_CompiledAnew()
    {
        var engine = new AnalyticEngine();
        using var graph = AnalyticGraph.Create();
        using var cache = new CompiledModelCache(8);
        CompileOptions[] different =
        [
            At(16),
            At(16) with { ReluRelief = true },
            At(16) with { Threads = 1 },
            At(16) with { Precision = PrecisionMode.Fast },
            At(16) with { Regions = Only(new CellRegion(1, 3, 1, 3)) },
            At(16) with { Regions = Only(new CellRegion(1, 3, 1, 4)) },
        ];
        foreach (var options in different)
        {
            cache.Rent(engine, graph, options).Dispose();
        }

        Assert.Equal(different.Length, engine.Compilations);
        cache.Rent(engine, graph, At(16) with { Regions = Only(new CellRegion(1, 3, 1, 4)) }).Dispose();
        Assert.Equal(different.Length, engine.Compilations);
    }

    private static Dictionary<string, CellRegion> Only(CellRegion region) => new() { ["features"] = region };

    private static CompileOptions At(int size) => new(size, size, ["features"]);
}
