using CnnViz.Dashboard.Tests.Infrastructure;
using Microsoft.Playwright;

namespace CnnViz.Dashboard.Tests.Pages;

/// <summary>
/// Every page in both themes and on a small screen. With the variable CNNVIZ_SCREENSHOTS, a folder, the pictures are kept to be
/// looked at.
/// </summary>
[Collection(DashboardCollection.Name)]
public sealed class ScreenshotTests(DashboardFixture fixture)
{
    [Theory]
    [InlineData("resources", "/", ".page-body tbody tr")]
    [InlineData("details", "/?resource=render", ".page-body tbody tr")]
    [InlineData("graph", "/graph", ".graph .node")]
    [InlineData("console", "/consolelogs/resource/inference", ".console li")]
    [InlineData("logs", "/structuredlogs", ".page-body tbody tr")]
    [InlineData("traces", "/traces", ".page-body tbody tr")]
    [InlineData("trace", "/traces/detail/{trace}", ".waterfall tbody tr")]
    [InlineData("metrics", "/metrics?resource=inference", ".chart .line")]
    public async Task Page_BothThemesAndSmall_ShowsDataAndNothingIsWrong(string name, string path, string content)
    {
        foreach (var (suffix, scheme, width, height) in ((string, ColorScheme, int, int)[])[
            ("light", ColorScheme.Light, 1360, 820), ("dark", ColorScheme.Dark, 1360, 820),
            ("small", ColorScheme.Light, 400, 780)])
        {
            await using var opened = await fixture.OpenAsync(await PathAsync(path), scheme, width, height);
            var page = opened.Page;
            await page.Locator(content).First.WaitForAsync();
            await ShowDetailsAsync(name, page, width);
            await page.EvaluateAsync("() => document.fonts.ready");

            // Nothing sticks out of the window.
            Assert.True(
                await page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"),
                $"{name} {suffix} is wider than the window");
            opened.NoComplaints();
            if (Environment.GetEnvironmentVariable("CNNVIZ_SCREENSHOTS") is { Length: > 0 } folder)
                await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, $"{name}-{suffix}.png") });
        }
    }

    private static async Task ShowDetailsAsync(string name, IPage page, int width)
    {
        if (width < 600)
            return;
        if (name == "logs")
            await page.Locator("tr.Error .row-button").First.ClickAsync();
        else if (name == "trace")
            await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "cache lookup" }).ClickAsync();
        else if (name == "metrics")
            await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "cnnviz.step.duration" }).ClickAsync();
        if (name is "logs" or "trace" or "details")
            await page.Locator(".details").WaitForAsync();
    }

    private async Task<string> PathAsync(string path)
    {
        var id = async (string name) => (await fixture.Application.StateAsync(name)).ResourceId;
        return path.Replace("{trace}", fixture.TraceId, StringComparison.Ordinal)
            .Replace("resource=render", $"resource={await id("render")}", StringComparison.Ordinal)
            .Replace("resource/inference", $"resource/{await id("inference")}", StringComparison.Ordinal);
    }
}
