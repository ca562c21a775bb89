using System.Diagnostics.Metrics;
using CnnViz.ServiceDefaults.Telemetry.Prometheus;
using Microsoft.Extensions.DependencyInjection;

namespace CnnViz.Telemetry.Tests.Prometheus;

/// <summary>What instruments measure, as Prometheus' own library reads it from the page.</summary>
public sealed class MetricCollectorTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MetricCollector _collector;
    private readonly Meter _meter;

    public MetricCollectorTests()
    {
        var meters = _services.GetRequiredService<IMeterFactory>();
        _collector = new MetricCollector(meters);
        _meter = meters.Create("CnnViz.Made");
    }

    [Fact]
    public async Task Text_EveryKindOfInstrument_IsReadBack()
    {
        var calls = _meter.CreateCounter<long>("made.calls", "{call}", "Calls \\ made\nhere");
        calls.Add(3, new KeyValuePair<string, object?>("made.kind", "a"));
        _meter.CreateCounter<double>("made.bytes", "By").Add(0.5);
        var gauge = _meter.CreateUpDownCounter<int>("made.active", "{thing}");
        gauge.Add(5);
        gauge.Add(-7);
        _meter.CreateGauge<double>("made.share", "1").Record(double.NegativeInfinity);
        _meter.CreateObservableGauge("made.depth", () => 42);
        _meter.CreateObservableCounter("made.seen", () => 17L, "{thing}");
        _meter.CreateObservableUpDownCounter("made.held", () => (short)-2);
        var bounds = new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 1, 10] };
        var times = _meter.CreateHistogram("made.wait", "s", advice: bounds);
        foreach (var time in (double[])[0.05, 0.1, 0.2, 5, 100])
        {
            times.Record(time);
        }

        var scrape = await Scrape.ParseAsync(_collector.Text());

        Assert.Equal(3, scrape.Value("made_calls_total", ("made_kind", "a")));
        Assert.Equal("Calls \\ made\nhere", scrape.Samples.First(sample => sample.Name == "made_calls_total").Help);
        Assert.Equal(0.5, scrape.Value("made_bytes_total"));
        Assert.Equal(-2, scrape.Value("made_active"));
        Assert.Equal(double.NegativeInfinity, scrape.Value("made_share_ratio"));
        Assert.Equal(42, scrape.Value("made_depth"));
        Assert.Equal(17, scrape.Value("made_seen_total"));
        Assert.Equal(-2, scrape.Value("made_held"));
        string[] edges = ["0.1", "1", "10", "+Inf"];
        Assert.Equal([2.0, 3, 4, 5], edges.Select(edge => scrape.Value("made_wait_seconds_bucket", ("le", edge))));
        Assert.Equal(5, scrape.Value("made_wait_seconds_count"));
        Assert.Equal(105.35, scrape.Value("made_wait_seconds_sum"), 9);
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("with \"quotes\" and \\backslashes\\")]
    [InlineData("two\nlines")]
    [InlineData("{a=\"b\"} 1")]
    [InlineData("Größe 大きさ 😀")]
    [InlineData("")]
    public async Task Text_LabelsOfAnyText_AreReadBackAsTheyWere(string value)
    {
        _meter.CreateCounter<long>("made.calls").Add(1, new KeyValuePair<string, object?>("0odd name!", value));
        var scrape = await Scrape.ParseAsync(_collector.Text());
        Assert.Equal(value, Assert.Single(scrape.Samples, sample => sample.Name == "made_calls_total").Labels["_0odd_name_"]);
    }

    [Fact]
    public async Task Text_LabelsInAnotherOrderTwiceOrWithoutValue_AreOneSeries()
    {
        var counter = _meter.CreateCounter<long>("made.calls");
        counter.Add(1, new("a", 1), new("b", true));
        counter.Add(1, new("b", true), new("a", 1));
        counter.Add(1, new("b", false), new("c", null), new("a", 1), new("b", true));
        Assert.Equal(3, (await Scrape.ParseAsync(_collector.Text())).Value("made_calls_total", ("a", "1"), ("b", "true")));
    }

    [Fact]
    public async Task Text_SeriesWithoutEnd_AreCountedTogetherBeyondALimit()
    {
        var counter = _meter.CreateCounter<long>("made.calls");
        for (var i = 0; i < 5000; i++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("caller", i));
        }

        var scrape = await Scrape.ParseAsync(_collector.Text());
        Assert.Equal(2001, scrape.Samples.Count(sample => sample.Name == "made_calls_total"));
        Assert.Equal(3000, scrape.Value("made_calls_total", ("otel_metric_overflow", "true")));
        Assert.Equal(5000, scrape.Sum("made_calls_total"));
    }

    [Fact]
    public async Task Text_OneNameWithTwoKinds_TellsOneAlone()
    {
        _meter.CreateCounter<long>("made.things").Add(1);
        _meter.CreateObservableGauge("made.things.total", () => 9);
        Assert.Single((await Scrape.ParseAsync(_collector.Text())).Samples, sample => sample.Name == "made_things_total");
    }

    [Fact]
    public void Text_AnotherHostsInstruments_AreNotTold()
    {
        using var others = new ServiceCollection().AddMetrics().BuildServiceProvider();
        others.GetRequiredService<IMeterFactory>().Create("CnnViz.Made").CreateCounter<long>("made.elsewhere").Add(1);
        _meter.CreateCounter<long>("made.here").Add(1);
        var text = _collector.Text();
        Assert.Contains("made_here_total 1\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("elsewhere", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Record_FromManyThreads_LosesNothing()
    {
        var counter = _meter.CreateCounter<long>("made.calls");
        var histogram = _meter.CreateHistogram<double>("made.wait", "s");
        await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < 10_000; i++)
            {
                counter.Add(1, new KeyValuePair<string, object?>("thread", thread % 2));
                histogram.Record(i);
            }
        })));
        var scrape = await Scrape.ParseAsync(_collector.Text());
        Assert.Equal(40_000, scrape.Value("made_calls_total", ("thread", "1")));
        Assert.Equal(80_000, scrape.Value("made_wait_seconds_count"));
    }

    public void Dispose()
    {
        _collector.Dispose();
        _services.Dispose();
    }
}
