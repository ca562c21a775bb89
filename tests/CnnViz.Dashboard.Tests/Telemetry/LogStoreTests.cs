using Aspire.Dashboard.Telemetry;

namespace CnnViz.Dashboard.Tests.Telemetry;

public sealed class LogStoreTests
{
    [Fact]
    public void Add_BeyondCount_PushesOutTheOldest()
    {
        var store = Store(new TelemetryLimits { MaxLogCount = 3 });

        store.Add([.. Enumerable.Range(1, 5).Select(i => Samples.Log($"m{i}"))]);

        Assert.Equal(["m3", "m4", "m5"], Messages(store.Find(new LogQuery())));
        Assert.Null(store.Find(2));
        Assert.Equal("m3", store.Find(3)!.Message);
        Assert.Equal("m5", store.Find(5)!.Message);
        Assert.Null(store.Find(6));
    }

    [Fact]
    public void Add_BeyondBytes_PushesOutTheOldest()
    {
        var store = Store(new TelemetryLimits { MaxBytes = 250 });

        store.Add([Samples.Log("a"), Samples.Log("b"), Samples.Log("c")]);

        Assert.Equal(["b", "c"], Messages(store.Find(new LogQuery())));
    }

    [Fact]
    public void Find_Filters_GiveWhatMatchesAll()
    {
        var store = Store(new TelemetryLimits());
        var other = new TelemetryResource("render", "render-1", []);
        store.Add([
            Samples.Log("Compiled", LogSeverity.Debug, traceId: "ab12"), Samples.Log("Failed to compile", LogSeverity.Error),
            Samples.Log("Rendered", LogSeverity.Warning, other)]);

        Assert.Equal(["Compiled", "Failed to compile"], Messages(store.Find(new LogQuery { Text = "COMPILE" })));
        Assert.Equal(["Failed to compile", "Rendered"], Messages(store.Find(new LogQuery { Level = LogSeverity.Warning })));
        Assert.Equal(["Rendered"], Messages(store.Find(new LogQuery { Resource = "render" })));
        Assert.Equal(["Rendered"], Messages(store.Find(new LogQuery { Resource = "render-1" })));
        Assert.Equal(["Compiled"], Messages(store.Find(new LogQuery { TraceId = "AB" })));
        Assert.Equal(3, store.Find(new LogQuery { Text = "nanodet" }).Total);
        Assert.Empty(store.Find(new LogQuery { Text = "compile", Resource = "render" }).Entries);
    }

    [Fact]
    public void Find_LimitAndBefore_PageFromTheNewest()
    {
        var store = Store(new TelemetryLimits());
        store.Add([.. Enumerable.Range(1, 10).Select(i => Samples.Log($"m{i}"))]);

        var (newest, total) = store.Find(new LogQuery { Limit = 3 });

        Assert.Equal(10, total);
        Assert.Equal([8, 9, 10], newest.Select(e => e.Id));
        Assert.Equal([5, 6, 7], store.Find(new LogQuery { Limit = 3, Before = newest[0].Id }).Entries.Select(e => e.Id));
        Assert.Equal([9, 10], store.Find(new LogQuery { After = 8 }).Entries.Select(e => e.Id));
    }

    [Fact]
    public void Find_SendersOneAfterTheOther_AreInOrderOfTime()
    {
        var store = Store(new TelemetryLimits());

        store.Add([Samples.Log("late", time: 5)]);
        store.Add([Samples.Log("early", time: 2)]);

        Assert.Equal(["early", "late"], Messages(store.Find(new LogQuery())));
    }

    [Fact]
    public void ErrorCounts_ErrorsComeAndGo_AreOfThoseKept()
    {
        var store = Store(new TelemetryLimits { MaxLogCount = 2 });

        store.Add([Samples.Log("a", LogSeverity.Error), Samples.Log("b", LogSeverity.Critical)]);
        Assert.Equal(2, store.ErrorCounts()["inference-1"]);
        store.Add([Samples.Log("c"), Samples.Log("d")]);

        Assert.Empty(store.ErrorCounts());
    }

    private static LogStore Store(TelemetryLimits limits) => new(limits, new ChangeSignal());

    private static IEnumerable<string> Messages((IReadOnlyList<LogEntry> Entries, int Total) found)
        => found.Entries.Select(e => e.Message);
}
