using System.Diagnostics;
using System.Globalization;

namespace CnnViz.AppHost.Tests.Infrastructure;

/// <summary>The running processes of this machine, by what is in /proc. Zombies have ended and do not count.</summary>
internal static class ProcessTable
{
    /// <summary>Those started by a process.</summary>
    public static IReadOnlyList<Process> ChildrenOf(int parent)
        => [.. Ids().Where(id => Stat(id) is [var state, var its, ..] && its == $"{parent}" && state is not ("Z" or "X"))
            .Select(TryGet).OfType<Process>()];

    /// <summary>
    /// Those that have a variable, given as "name=value". (One that sets its own title, as Redis does, loses its environment.)
    /// </summary>
    public static IReadOnlyList<Process> WithEnvironment(string variable)
        => [.. Ids().Where(id => Read(id, "environ").Split('\0').Contains(variable) && !IsZombie(id)).Select(TryGet).OfType<Process>()];

    /// <summary>Command line, arguments separated by spaces.</summary>
    public static string CommandLine(Process process) => Read(process.Id, "cmdline").Replace('\0', ' ');

    /// <summary>Waits until some processes have ended, and then until no process has a variable.</summary>
    public static async Task WaitUntilNoneAsync(string variable, params IReadOnlyList<Process> others)
    {
        await Task.WhenAll(others.Select(p => p.WaitForExitAsync())).WaitAsync(HostProcess.Limit);
        using var limit = new CancellationTokenSource(HostProcess.Limit);
        while (WithEnvironment(variable) is { Count: > 0 } left)
        {
            try
            {
                await left[0].WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"Still running: {string.Join("; ", left.Select(p => $"{p.Id} {CommandLine(p)}"))}");
            }
        }
    }

    private static IEnumerable<int> Ids()
        => Directory.EnumerateDirectories("/proc")
            .Select(path => int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0)
            .Where(id => id > 0);

    private static bool IsZombie(int id) => Stat(id) is not [var state, ..] || state is "Z" or "X";

    /// <summary>The fields after the name: state, parent, ….</summary>
    private static string[] Stat(int id)
    {
        // "id (name) state …"; the name may hold anything, but its last parenthesis ends it.
        var stat = Read(id, "stat");
        var end = stat.LastIndexOf(')');
        return end < 0 ? [] : stat[(end + 2)..].Split(' ');
    }

    private static string Read(int id, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/{file}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return string.Empty;
        }
    }

    private static Process? TryGet(int id)
    {
        try
        {
            return Process.GetProcessById(id);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
