using CnnViz.Dashboard.Tests.Infrastructure;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;

namespace CnnViz.Dashboard.Tests.Pages;

/// <summary>The pages of logs, traces and metrics, in Chromium, on what OpenTelemetry's own SDK has sent.</summary>
[Collection(DashboardCollection.Name)]
public sealed class TelemetryPageTests(DashboardFixture fixture)
{
    [Fact]
    public async Task Logs_Filters_ShowWhatMatchesAndTheDetailsAll()
    {
        await using var opened = await fixture.OpenAsync("/structuredlogs");
        var page = opened.Page;
        await page.GetByText("The queue is 50").WaitForAsync();

        await page.GetByLabel("Level").SelectOptionAsync("Error");
        await page.GetByText("The queue is 50").WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Detached });
        await page.GetByText("The model truncated could not be read").ClickAsync();
        var details = page.Locator(".details");
        await details.WaitForAsync();

        Assert.Contains("The weights end after", await details.InnerTextAsync(), StringComparison.Ordinal);
        Assert.Contains("CnnViz.Inference.Models", await details.InnerTextAsync(), StringComparison.Ordinal);
        await page.GetByLabel("Level").SelectOptionAsync("");
        await page.GetByLabel("Filter text").FillAsync("rendermaximization");
        await page.Locator("tbody tr", new PageLocatorOptions { HasText = "inference" }).First.WaitForAsync(
            new LocatorWaitForOptions { State = WaitForSelectorState.Detached });
        Assert.Equal(14, await page.Locator("tbody tr").CountAsync());
        opened.NoComplaints();
    }

    [Fact]
    public async Task Logs_RecordComesLater_AppearsByItself()
    {
        await using var opened = await fixture.OpenAsync("/structuredlogs");
        var mark = Guid.NewGuid().ToString("N");
        var sender = await fixture.SenderAsync("render");

        sender.Logger("Late").LogInformation("It is {Mark}", mark);
        sender.Flush();

        await opened.Page.GetByText($"It is {mark}").WaitForAsync();
        opened.NoComplaints();
    }

    [Fact]
    public async Task Traces_OneCall_ShowsTheSpansOfBothServicesInOneWaterfall()
    {
        await using var opened = await fixture.OpenAsync("/traces");
        var page = opened.Page;
        var row = page.Locator("tbody tr", new PageLocatorOptions { HasText = fixture.TraceId[..7] });
        await row.Locator(".chip").Nth(1).WaitForAsync();
        Assert.Equal(
            ["render\n4", "inference\n5"],
            (await row.Locator(".chip").AllInnerTextsAsync())
                .Select(t => t.Replace("\r", string.Empty, StringComparison.Ordinal)));

        await row.Locator(".row-button").ClickAsync();
        await page.Locator(".waterfall tbody tr").Nth(9 - 1).WaitForAsync();

        var names = await page.Locator(".waterfall .row-button").AllInnerTextsAsync();
        Assert.Equal("render cnnviz.v1.RenderService/RenderMaximization", names[0]);
        Assert.Contains("inference steps", names);
        Assert.Contains("render encode PNG", names);
        await page.Locator(".waterfall .row-button", new PageLocatorOptions { HasText = "cache lookup" }).ClickAsync();
        await page.Locator(".details summary", new PageLocatorOptions { HasText = "miss" }).ClickAsync();
        await page.Locator(".details").GetByText("redis").WaitForAsync();
        await page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Logs of this trace" }).ClickAsync();
        await page.GetByText("Compiled 118 layers").WaitForAsync();
        opened.NoComplaints();
    }

    [Fact]
    public async Task Traces_ErrorsOnly_ShowsTheOneThatFailed()
    {
        await using var opened = await fixture.OpenAsync("/traces");
        var page = opened.Page;
        await page.Locator("tbody tr").Nth(13).WaitForAsync();

        await page.Button("Errors only").ClickAsync();

        await page.Locator("tbody tr").Nth(1).WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Detached });
        await page.Locator("tbody tr .row-button").ClickAsync();
        await page.Locator(".waterfall tr", new PageLocatorOptions { HasText = "steps" }).GetByText("error").WaitForAsync();
        opened.NoComplaints();
    }

    [Fact]
    public async Task Metrics_HistogramCounterAndGauge_ShowWhatWasMeasured()
    {
        await using var opened = await fixture.OpenAsync("/metrics?resource=inference");
        var page = opened.Page;
        await page.Button("cnnviz.step.duration").ClickAsync();
        await page.Locator(".legend .entry", new PageLocatorOptions { HasText = "p99" }).WaitForAsync();

        // What was recorded lies between 6 and 21.4 ms.
        var median = await page.Locator(".legend .entry", new PageLocatorOptions { HasText = "p50" }).Locator("b")
            .InnerTextAsync();
        Assert.EndsWith(" ms", median, StringComparison.Ordinal);
        Assert.InRange(double.Parse(median[..^3], System.Globalization.CultureInfo.InvariantCulture), 6, 21.5);

        await page.Button("cnnviz.calls").ClickAsync();
        await page.GetByText("call/s").First.WaitForAsync();
        await page.Button("MaximizeFilter").ClickAsync();
        await page.GetByText("1 of 2 sets of attributes").WaitForAsync();
        Assert.Equal(1, await page.Locator(".lines .line").CountAsync());

        await page.Button("process.memory.usage").ClickAsync();
        await page.Locator(".legend b", new PageLocatorOptions { HasText = "384 MiB" }).WaitForAsync();
        opened.NoComplaints();
    }
}
