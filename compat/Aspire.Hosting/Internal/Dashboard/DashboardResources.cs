using System.Globalization;
using System.Runtime.CompilerServices;
using Aspire.Dashboard.Resources;
using Aspire.Dashboard.Telemetry;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Internal.Logging;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Internal.Dashboard;

/// <summary>The application's resources as the dashboard sees them.</summary>
internal sealed class DashboardResources(
    DistributedApplicationModel model,
    ResourceNotificationService notifications,
    ResourceLoggerService loggers,
    ResourceCommandService commands,
    IHostEnvironment environment) : IDashboardResources, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private Task _watch = Task.CompletedTask;

    public string ApplicationName { get; } = ShortName(environment.ApplicationName);

    public ChangeSignal Changes { get; } = new();

    public IReadOnlyList<ResourceView> Current
        => [.. model.Resources.OrderBy(resource => resource is ParameterResource)
            .SelectMany(resource => notifications.StatesOf(resource.Name)
            .OrderBy(e => e.ResourceId, StringComparer.Ordinal).Select(e => ResourceViews.Of(e)))];

    /// <summary>Begins to follow the resources' states.</summary>
    public void Start() => _watch = WatchAsync(_stopping.Token);

    public async Task StopAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _watch.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => _stopping.Dispose();

    public IReadOnlyList<ConsoleLine>? Console(string id) => Log(id) is { } log ? Lines(log.Snapshot()) : null;

    public IAsyncEnumerable<IReadOnlyList<ConsoleLine>>? WatchConsole(string id, CancellationToken cancellationToken)
        => Log(id) is { } log ? WatchAsync(log, cancellationToken) : null;

    public string? Reveal(string id, string name)
        => notifications.TryGetCurrentState(id, out var state)
            ? state.Snapshot.EnvironmentVariables.FirstOrDefault(v => v.Name == name)?.Value
                ?? Convert.ToString(
                    state.Snapshot.Properties.FirstOrDefault(p => p.Name == name)?.Value, CultureInfo.InvariantCulture)
            : null;

    public async Task<string?> ExecuteAsync(string id, string command, CancellationToken cancellationToken)
    {
        var result = await commands.ExecuteCommandAsync(id, command, cancellationToken).ConfigureAwait(false);
        if (result.Success)
            return null;
        return result.Canceled ? string.Empty : result.ErrorMessage ?? "It failed without saying why.";
    }

    private static string ShortName(string name)
        => name.EndsWith(".AppHost", StringComparison.Ordinal) ? name[..^".AppHost".Length] : name;

    private static IReadOnlyList<ConsoleLine> Lines(IReadOnlyList<TimedLine> lines)
        => [.. lines.Select(l => new ConsoleLine(l.Line.LineNumber, l.Time, l.Line.Content, l.Line.IsErrorMessage))];

    private static async IAsyncEnumerable<IReadOnlyList<ConsoleLine>> WatchAsync(
        ResourceLog log, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var batch in log.WatchTimedAsync(cancellationToken).ConfigureAwait(false))
            yield return Lines(batch);
    }

    private ResourceLog? Log(string id) => notifications.TryGetCurrentState(id, out _) ? loggers.Log(id) : null;

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var _ in notifications.WatchAsync(cancellationToken).ConfigureAwait(false))
                Changes.Raise();
        }
        catch (OperationCanceledException)
        {
            // The application has stopped.
        }
    }
}
