using Aspire.Dashboard.Telemetry;

namespace Aspire.Dashboard.Resources;

/// <summary>What the dashboard knows of the resources and can do to them; the app host gives it.</summary>
internal interface IDashboardResources
{
    /// <summary>Name of the application.</summary>
    string ApplicationName { get; }

    /// <summary>Raised when a resource has changed.</summary>
    ChangeSignal Changes { get; }

    /// <summary>All replicas of all resources, in the order they were added.</summary>
    IReadOnlyList<ResourceView> Current { get; }

    /// <summary>The lines that a replica has printed, oldest first, then new ones; null when there is no such replica.</summary>
    IAsyncEnumerable<IReadOnlyList<ConsoleLine>>? WatchConsole(string id, CancellationToken cancellationToken);

    /// <summary>The lines that a replica has printed; null when there is no such replica.</summary>
    IReadOnlyList<ConsoleLine>? Console(string id);

    /// <summary>The value of a secret variable or property; null when there is none of that name.</summary>
    string? Reveal(string id, string name);

    /// <summary>Does a command.</summary>
    /// <returns>Null when it was done; else why it was not, which is empty when it was called off.</returns>
    Task<string?> ExecuteAsync(string id, string command, CancellationToken cancellationToken);
}

/// <summary>A replica of a resource.</summary>
internal sealed record ResourceView
{
    /// <summary>The resource's name and a suffix.</summary>
    public required string Id { get; init; }

    /// <summary>The resource's name.</summary>
    public required string Name { get; init; }

    /// <summary>The name; with the suffix when there are several replicas.</summary>
    public required string DisplayName { get; init; }

    /// <summary>"Project", "Executable", "Container", "Parameter".</summary>
    public required string Type { get; init; }

    public string? State { get; init; }

    /// <summary>"success", "info", "warning", "error" or null.</summary>
    public string? StateStyle { get; init; }

    /// <summary>"Healthy", "Degraded", "Unhealthy"; null while it does not run.</summary>
    public string? Health { get; init; }

    public IReadOnlyList<HealthView> HealthReports { get; init; } = [];

    public DateTimeOffset? Started { get; init; }

    public DateTimeOffset? Stopped { get; init; }

    public int? ExitCode { get; init; }

    /// <summary>What it is: a project's file, a program, an image.</summary>
    public string? Source { get; init; }

    public IReadOnlyList<UrlView> Urls { get; init; } = [];

    public IReadOnlyList<ValueView> Environment { get; init; } = [];

    public IReadOnlyList<ValueView> Properties { get; init; } = [];

    public IReadOnlyList<RelationView> Relations { get; init; } = [];

    public IReadOnlyList<CommandView> Commands { get; init; } = [];
}

/// <summary>The last result of a health check.</summary>
internal sealed record HealthView(string Name, string? Status, string? Description, string? Error);

/// <summary>Where a resource can be reached.</summary>
internal sealed record UrlView(string Name, string Url);

/// <summary>A variable or a fact; a secret one has no value here.</summary>
internal sealed record ValueView(string Name, string? Value, bool IsSecret);

/// <summary>What a resource has to do with another.</summary>
internal sealed record RelationView(string Name, string Type);

/// <summary>What can be done to a resource; one that is not enabled cannot be done now.</summary>
internal sealed record CommandView(
    string Name, string Title, string? Description, string? Confirmation, bool IsEnabled, bool IsHighlighted);

/// <summary>A line that a resource printed.</summary>
internal sealed record ConsoleLine(int Number, DateTimeOffset Time, string Text, bool IsError);
