using System.Diagnostics;
using System.Globalization;
using CnnViz.AppHost.Tests.Infrastructure;

namespace CnnViz.AppHost.Tests.StandIn;

/// <summary>A stack whose middle service has two replicas, in processes of their own.</summary>
public sealed class ReplicaProcessTests
{
    private static readonly string _host = HostProcess.OutputOf("Fixture.AppHost");

    [Fact]
    public async Task Run_TwoReplicas_TheOneAddressReachesBothAndNothingIsLeft()
    {
        await using var host = HostProcess.Start(_host, ["--replicas", "2"]);
        var back = await ReadyAsync(host);
        var children = host.Children();
        Assert.Equal(4, children.Count);

        Assert.Equal(2, (await PidsAsync(back, 8)).Count);

        await host.InterruptAsync();
        Assert.Equal(0, await host.WaitForExitAsync());
        var stopped = host.Output.Split('\n').Where(l => l.Contains(" stopped with exit code 0", StringComparison.Ordinal));
        Assert.Equal(["front", "back-", "back-", "redis"], stopped.Select(Name));
        await ProcessTable.WaitUntilNoneAsync(host.Mark, children);
    }

    [Fact]
    public async Task Run_TwoReplicasAndHostKilled_NothingSurvives()
    {
        await using var host = HostProcess.Start(_host, ["--replicas", "2"]);
        await ReadyAsync(host);
        var children = host.Children();
        Assert.Equal(4, children.Count);

        host.Kill();

        await ProcessTable.WaitUntilNoneAsync(host.Mark, children);
    }

    [Fact]
    public async Task Run_ReplicaKilledTwice_TheOtherAnswersAndItComesBackLaterEachTime()
    {
        await using var host = HostProcess.Start(_host, ["--replicas", "2"]);
        var back = await ReadyAsync(host);
        var pids = await PidsAsync(back, 8);
        var victim = pids.First();

        for (var kill = 1; kill <= 2; kill++)
        {
            Process.GetProcessById(victim).Kill();
            var told = await host.WaitForLineAsync(l => l.Contains("is started again in", StringComparison.Ordinal));
            Assert.Contains($"in {(kill == 1 ? "0.5" : "1")} s (restart {kill})", told, StringComparison.Ordinal);
            // While it is away, every request goes to the other.
            Assert.DoesNotContain(victim, await PidsAsync(back, 4));
            await host.WaitForLineAsync(l => l.EndsWith(" is healthy", StringComparison.Ordinal));
            var now = await PidsAsync(back, 8);
            victim = Assert.Single(now.Except(pids));
            pids = now;
        }

        await host.InterruptAsync();
        Assert.Equal(0, await host.WaitForExitAsync());
        await ProcessTable.WaitUntilNoneAsync(host.Mark);
    }

    private static async Task<Uri> ReadyAsync(HostProcess host)
    {
        var line = await host.WaitForLineAsync(l => l.StartsWith("back http", StringComparison.Ordinal));
        await host.WaitForLineAsync(l => l == "ready");
        return new Uri(line["back ".Length..]);
    }

    /// <summary>The processes that answered some requests.</summary>
    private static async Task<HashSet<int>> PidsAsync(Uri service, int requests)
    {
        using var http = new HttpClient();
        var pids = new HashSet<int>();
        for (var i = 0; i < requests; i++)
            pids.Add(int.Parse(await http.GetStringAsync(new Uri(service, "/pid")), CultureInfo.InvariantCulture));
        return pids;
    }

    private static string Name(string line)
    {
        var name = line[..line.IndexOf(" stopped", StringComparison.Ordinal)].Trim().Split(' ')[^1];
        return name.StartsWith("back-", StringComparison.Ordinal) ? "back-" : name;
    }
}
