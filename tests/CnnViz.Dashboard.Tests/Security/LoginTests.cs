using System.Net;
using CnnViz.Dashboard.Tests.Infrastructure;

namespace CnnViz.Dashboard.Tests.Security;

public sealed class LoginTests
{
    public static TheoryData<string> Paths
        => ["/", "/structuredlogs", "/traces", "/metrics", "/consolelogs/resource/a", "/traces/detail/00"];

    public static TheoryData<string> Apis
        => ["/api/application", "/api/live", "/api/logs", "/api/traces", "/api/metrics",
            "/api/metrics/series?resource=a&meter=b&instrument=c", "/api/resources/a/console", "/api/resources/a/console.txt"];

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Page_WithoutCookie_LeadsToLoginAndBack(string path)
    {
        await using var probe = await DashboardProbe.StartAsync();

        using var response = await probe.GetAsync(path);

        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.Equal(
            path == "/" ? "/login" : $"/login?returnUrl={Uri.EscapeDataString(path)}", response.Headers.Location!.ToString());
    }

    [Theory]
    [MemberData(nameof(Apis))]
    public async Task Api_WithoutCookie_IsRefused(string path)
    {
        await using var probe = await DashboardProbe.StartAsync();

        using var response = await probe.GetAsync(path);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("the-toke")]
    [InlineData("the-token ")]
    [InlineData("THE-TOKEN")]
    public async Task Login_WrongToken_IsRefusedWithoutCookie(string token)
    {
        await using var probe = await DashboardProbe.StartAsync();

        using var response = await probe.GetAsync($"/login?t={Uri.EscapeDataString(token)}");

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.False(response.Headers.Contains("Set-Cookie"));
        Assert.Contains("data-failed=\"true\"", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Login_RightToken_SetsAStrictCookieThatLetsIn()
    {
        await using var probe = await DashboardProbe.StartAsync();

        using var response = await probe.GetAsync($"/login?t={DashboardProbe.Token}");

        var cookie = response.Headers.GetValues("Set-Cookie").Single();
        Assert.Contains("samesite=strict", cookie, StringComparison.Ordinal);
        Assert.Contains("httponly", cookie, StringComparison.Ordinal);
        Assert.DoesNotContain(DashboardProbe.Token, cookie, StringComparison.Ordinal);
        Assert.DoesNotContain(DashboardProbe.Token, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var page = await probe.GetAsync("/api/application", cookie.Split(';')[0]);
        Assert.Contains("Probe", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Login_FormWithToken_LetsIn()
    {
        await using var probe = await DashboardProbe.StartAsync();
        using var form =
            new FormUrlEncodedContent(new Dictionary<string, string> { ["t"] = DashboardProbe.Token, ["returnUrl"] = "/traces" });

        using var response = await probe.Http.PostAsync(new Uri(probe.Server.FrontendUrl, "/login"), form);

        Assert.True(response.Headers.Contains("Set-Cookie"));
        Assert.Contains("0;url=/traces", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://elsewhere.example/")]
    [InlineData("//elsewhere.example/")]
    [InlineData("/\\elsewhere.example/")]
    [InlineData("/%0d%0aSet-Cookie:a")]
    [InlineData("\"><script>alert(1)</script>")]
    public async Task Login_ReturnUrlThatLeadsAway_IsNotFollowed(string returnUrl)
    {
        await using var probe = await DashboardProbe.StartAsync();

        using var response = await probe.GetAsync($"/login?t={DashboardProbe.Token}&returnUrl={Uri.EscapeDataString(returnUrl)}");

        var page = await response.Content.ReadAsStringAsync();
        Assert.DoesNotContain("elsewhere", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', page);
    }

    [Fact]
    public async Task Cookie_AnyByteChanged_IsRefused()
    {
        await using var probe = await DashboardProbe.StartAsync();
        var cookie = await probe.SignInAsync();
        var value = cookie.IndexOf('=', StringComparison.Ordinal) + 1;

        for (var i = value; i < cookie.Length - 1; i += 3)
        {
            var changed = $"{cookie[..i]}{(cookie[i] == 'A' ? 'B' : 'A')}{cookie[(i + 1)..]}";
            using var response = await probe.GetAsync("/api/application", changed);
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        }
    }

    [Fact]
    public async Task Cookie_OfAnotherRun_IsRefused()
    {
        await using var first = await DashboardProbe.StartAsync();
        await using var second = await DashboardProbe.StartAsync();
        var value = (await first.SignInAsync()).Split('=', 2)[1];

        using var response = await second.GetAsync("/api/application", $"{(await second.SignInAsync()).Split('=')[0]}={value}");

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task Cookie_AfterThreeDays_IsRefused()
    {
        var time = new MovableTime();
        await using var probe = await DashboardProbe.StartAsync(time: time);
        var cookie = await probe.SignInAsync();

        time.Ahead = TimeSpan.FromHours(71);
        using var before = await probe.GetAsync("/api/application", cookie);
        time.Ahead = TimeSpan.FromHours(73);
        using var after = await probe.GetAsync("/api/application", cookie);

        Assert.Equal(HttpStatusCode.OK, before.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, after.StatusCode);
    }

    [Fact]
    public async Task Change_WithoutOwnHeader_IsRefusedThoughSignedIn()
    {
        await using var probe = await DashboardProbe.StartAsync();
        using var request =
            new HttpRequestMessage(HttpMethod.Post, new Uri(probe.Server.FrontendUrl, "/api/resources/a/commands/resource-stop"));
        request.Headers.Add("Cookie", await probe.SignInAsync());

        using var response = await probe.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task Request_ForAnotherHostsName_IsRefused()
    {
        await using var probe = await DashboardProbe.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(probe.Server.FrontendUrl, "/login"));
        request.Headers.Host = "elsewhere.example";

        using var response = await probe.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.MisdirectedRequest, response.StatusCode);
    }

    [Fact]
    public async Task EveryPage_Headers_AllowOnlyWhatComesFromHere()
    {
        await using var probe = await DashboardProbe.StartAsync();

        using var response = await probe.GetAsync("/login");

        var policy = response.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("no-referrer", response.Headers.GetValues("Referrer-Policy").Single());
    }

    [Fact]
    public async Task NoToken_Pages_AreOpen()
    {
        await using var probe = await DashboardProbe.StartAsync(token: null);

        using var response = await probe.GetAsync("/api/application");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(probe.Server.FrontendUrl, probe.Server.LoginUrl);
    }

    private sealed class MovableTime : TimeProvider
    {
        public TimeSpan Ahead { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;
    }
}
