using CnnViz.Dashboard.Tests.Infrastructure;
using Microsoft.Playwright;

namespace CnnViz.Dashboard.Tests.Pages;

/// <summary>The product's own services on the dashboard: what they say of themselves, unprompted.</summary>
public sealed class RealStackTests
{
    [Fact]
    public async Task Up_OneCall_EveryPageShowsItAndNothingIsLeft()
    {
        await using var stack = await RealStack.StartAsync();
        await stack.CallAsync();
        await using var browser = await DashboardBrowser.StartAsync();
        await using var opened = await browser.NewPageAsync();
        var page = opened.Page;
        await page.GotoAsync(stack.Login.ToString());

        foreach (var name in (string[])["redis", "inference", "render"])
            await page.Locator("tbody tr", new PageLocatorOptions { HasText = name }).GetByText("Running").First.WaitForAsync();

        await page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Traces" }).ClickAsync();
        var trace = page.Locator("tbody tr", new PageLocatorOptions { HasText = "RenderMaximization" });
        await trace.Locator(".chip", new LocatorLocatorOptions { HasText = "render" }).WaitForAsync();
        await trace.Locator(".chip", new LocatorLocatorOptions { HasText = "inference" }).WaitForAsync();
        await trace.Locator(".row-button").ClickAsync();
        await page.Locator(".waterfall tbody tr", new PageLocatorOptions { HasText = "inference" }).First.WaitForAsync();
        Assert.Contains(
            await page.Locator(".waterfall .row-button").AllInnerTextsAsync(),
            t => t.StartsWith("render ", StringComparison.Ordinal));

        await page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Metrics" }).ClickAsync();
        await page.GetByLabel("Resource").SelectOptionAsync(new SelectOptionValue { Label = "inference" });
        await page.Locator(".instruments button", new PageLocatorOptions { HasText = "cnnviz." }).First.ClickAsync();
        await page.Locator(".sheet h2", new PageLocatorOptions { HasText = "cnnviz." }).WaitForAsync();

        await page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Structured logs" }).ClickAsync();
        await page.Locator("tbody tr").First.WaitForAsync();
        await page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Console" }).ClickAsync();
        await page.Locator("h1", new PageLocatorOptions { HasText = "Console" }).WaitForAsync();
        opened.NoComplaints();

        await stack.InterruptAsync();
    }
}
