using Aspire.Hosting.ApplicationModel;
using CnnViz.Dashboard.Tests.Infrastructure;
using Microsoft.Playwright;

namespace CnnViz.Dashboard.Tests.Pages;

/// <summary>What a person does with the pages, in Chromium, on an application that runs.</summary>
[Collection(DashboardCollection.Name)]
public sealed class PageTests(DashboardFixture fixture)
{
    [Fact]
    public async Task Login_WithoutAndWithTheToken_IsRefusedThenLetsIn()
    {
        await using var opened = await fixture.Browser.NewPageAsync();
        var page = opened.Page;
        await page.GotoAsync(new Uri(fixture.Application.Address, "/traces").ToString());
        await page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Name = "Log in to the dashboard" }).WaitForAsync();

        await page.GetByLabel("Token").FillAsync("guess");
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Log in" }).ClickAsync();
        await page.GetByText("This is not the token").WaitForAsync();
        opened.Forgive();
        await page.GetByLabel("Token").FillAsync(SampleApplication.Token);
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Log in" }).ClickAsync();

        await page.Heading("Traces").WaitForAsync();
        Assert.DoesNotContain(SampleApplication.Token, page.Url, StringComparison.Ordinal);
        opened.NoComplaints();
    }

    [Fact]
    public async Task Resources_RestartButton_ReallyRestarts()
    {
        var before = await fixture.Application.StateAsync("render");
        await using var opened = await fixture.OpenAsync("/");

        await opened.Page.Button("Restart render").ClickAsync();
        await opened.Page.GetByText("Restart: render, done.").WaitForAsync();

        var after = await fixture.Application.App.ResourceNotifications.WaitForResourceAsync(
            "render", e => e.Snapshot.State?.Text == KnownResourceStates.Running
                && ProcessOf(e) != ProcessOf(before), SampleApplication.LimitToken());
        Assert.Equal(before.ResourceId, after.ResourceId);
        Assert.False(File.Exists($"/proc/{ProcessOf(before)}/stat") && await IsAliveAsync(ProcessOf(before)));
        opened.NoComplaints();
    }

    [Fact]
    public async Task Resources_StopAndStart_TheRowFollows()
    {
        await using var opened = await fixture.OpenAsync("/");
        var row = opened.Page.Locator("tbody tr", new PageLocatorOptions { HasText = "train" });

        await opened.Page.Button("Start train").ClickAsync();
        await row.GetByText("Running").WaitForAsync();
        await opened.Page.Button("Stop train").ClickAsync();
        await row.GetByText("Finished (exit code 143)").WaitForAsync();

        opened.NoComplaints();
    }

    [Fact]
    public async Task Resources_OwnCommandWithConfirmation_IsDoneOnlyWhenConfirmed()
    {
        await using var opened = await fixture.OpenAsync("/");
        fixture.Application.Cleared.Clear();

        await opened.Page.Button("Clear cache redis").ClickAsync();
        await opened.Page.Button("Cancel").ClickAsync();
        Assert.Empty(fixture.Application.Cleared);
        await opened.Page.Button("Clear cache redis").ClickAsync();
        await opened.Page.GetByRole(AriaRole.Dialog)
            .GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Clear cache" }).ClickAsync();
        await opened.Page.GetByText("Clear cache: redis, done.").WaitForAsync();

        Assert.StartsWith("redis-", Assert.Single(fixture.Application.Cleared), StringComparison.Ordinal);
        opened.NoComplaints();
    }

    [Fact]
    public async Task Details_SecretVariable_IsInThePageOnlyWhenAskedFor()
    {
        await using var opened = await fixture.OpenAsync("/");
        var page = opened.Page;
        await page.Locator("tbody tr", new PageLocatorOptions { HasText = "inference-" }).First.ClickAsync();
        var details = page.Locator(".details");
        await details.GetByText("/srv/models").WaitForAsync();
        Assert.DoesNotContain(SampleApplication.SecretText, await page.ContentAsync(), StringComparison.Ordinal);
        Assert.Contains("REGISTRY_KEY", await details.InnerTextAsync(), StringComparison.Ordinal);

        await page.Button("Show REGISTRY_KEY").ClickAsync();

        await details.GetByText(SampleApplication.SecretText).WaitForAsync();
        await page.Keyboard.PressAsync("Escape");
        await details.WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Detached });
        opened.NoComplaints();
    }

    [Fact]
    public async Task Console_LinesOfAResource_AreShownSearchedAndDownloaded()
    {
        var id = (await fixture.Application.StateAsync("inference")).ResourceId;
        await using var opened = await fixture.OpenAsync($"/consolelogs/resource/{id}");
        var page = opened.Page;
        await page.GetByText("filter 24 finished").WaitForAsync();

        Assert.Contains("<b>not bold</b>", await page.Locator(".console").InnerTextAsync(), StringComparison.Ordinal);
        Assert.Equal("warn", await page.Locator(".ansi-3").First.InnerTextAsync());
        Assert.Equal("a line of the error stream", await page.Locator(".console li.error .line").First.InnerTextAsync());
        await page.GetByLabel("Search lines").FillAsync("filter 1");
        Assert.Equal(11, await page.Locator(".console li").CountAsync());
        var download =
            await page.RunAndWaitForDownloadAsync(
                () => page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Download" }).ClickAsync());
        var text = await File.ReadAllTextAsync(await download.PathAsync());

        Assert.Contains(
            "Z info: CnnViz.Inference.Calls[7] MaximizeFilter nanodet Add_11 filter 24 finished", text, StringComparison.Ordinal);
        opened.NoComplaints();
    }

    [Fact]
    public async Task Console_ResourceStartsAgain_NewLinesFollow()
    {
        var id = (await fixture.Application.StateAsync("redis")).ResourceId;
        await using var opened = await fixture.OpenAsync($"/consolelogs/resource/{id}");
        var lines = opened.Page.Locator(".console li", new PageLocatorOptions { HasText = "Ready to accept connections" });
        await lines.First.WaitForAsync();
        var before = await lines.CountAsync();

        await fixture.Application.App.ResourceCommands.ExecuteCommandAsync(
            id, KnownResourceCommands.RestartCommand, SampleApplication.LimitToken());

        await lines.Nth(before).WaitForAsync();
        opened.NoComplaints();
    }

    [Fact]
    public async Task Theme_Switch_ChangesColoursAndStays()
    {
        await using var opened = await fixture.OpenAsync("/");
        var page = opened.Page;
        var ground = () => page.EvaluateAsync<string>("() => getComputedStyle(document.body).backgroundColor");
        await page.Heading("Resources").WaitForAsync();
        var light = await ground();

        await page.Button("Switch to dark theme").ClickAsync();
        var dark = await ground();
        await page.ReloadAsync();
        await page.Button("Switch to light theme").WaitForAsync();

        Assert.NotEqual(light, dark);
        Assert.Equal(dark, await ground());
        opened.NoComplaints();
    }

    [Fact]
    public async Task Keyboard_Alone_ReachesAResourcesDetails()
    {
        await using var opened = await fixture.OpenAsync("/");
        var page = opened.Page;
        var name = page.Locator("tbody .row-button", new PageLocatorOptions { HasText = "redis" });
        await name.FocusAsync();
        await page.Keyboard.PressAsync("ArrowDown");
        Assert.StartsWith(
            "inference-", await page.EvaluateAsync<string>("() => document.activeElement.textContent"), StringComparison.Ordinal);

        await page.Keyboard.PressAsync("Enter");

        await page.Locator(".details h2", new PageLocatorOptions { HasText = "inference-" }).WaitForAsync();
        opened.NoComplaints();
    }

    [Fact]
    public async Task EveryPage_ControlsAndLandmarks_HaveNames()
    {
        foreach (var path in (string[])["/", "/graph", "/consolelogs", "/structuredlogs", "/traces", "/metrics"])
        {
            await using var opened = await fixture.OpenAsync(path);
            await opened.Page.Locator("h1").WaitForAsync();
            var nameless = await opened.Page.EvaluateAsync<string[]>(
                """
                () => [...document.querySelectorAll('button, a, input, select')]
                  .filter(e => !(e.getAttribute('aria-label') || e.textContent.trim() || e.title || e.labels?.length))
                  .map(e => e.outerHTML)
                """);
            Assert.Empty(nameless);
            Assert.Equal(1, await opened.Page.GetByRole(AriaRole.Main).CountAsync());
            Assert.Equal(
                1, await opened.Page.GetByRole(AriaRole.Navigation, new PageGetByRoleOptions { Name = "Pages" }).CountAsync());
            opened.NoComplaints();
        }
    }

    private static int ProcessOf(ResourceEvent update)
        => (int?)update.Snapshot.Properties.FirstOrDefault(p => p.Name == "executable.pid")?.Value ?? 0;

    private static async Task<bool> IsAliveAsync(int process)
    {
        var stat = await File.ReadAllTextAsync($"/proc/{process}/stat");
        return stat[(stat.LastIndexOf(')') + 2)..][0] is not ('Z' or 'X');
    }
}
