using System.Globalization;
using Aspire.Dashboard.Resources;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Internal.Orchestration;

namespace Aspire.Hosting.Internal.Dashboard;

/// <summary>Turns a resource's state into what the dashboard shows; what is secret stays behind.</summary>
internal static class ResourceViews
{
    private static readonly string[] _secretWords = ["PASSWORD", "SECRET", "TOKEN", "APIKEY", "API_KEY", "CREDENTIAL"];

    public static ResourceView Of(ResourceEvent state)
    {
        var snapshot = state.Snapshot;
        return new ResourceView
        {
            Id = state.ResourceId,
            Name = state.Resource.Name,
            DisplayName = ReplicaName.Of(state.Resource, state.ResourceId),
            Type = snapshot.ResourceType,
            State = snapshot.State?.Text,
            StateStyle = snapshot.State?.Style,
            Health = snapshot.HealthStatus?.ToString(),
            HealthReports =
                [.. snapshot.HealthReports.Select(
                    r => new HealthView(r.Name, r.Status?.ToString(), r.Description, r.ExceptionText))],
            Started = snapshot.StartTimeStamp,
            Stopped = snapshot.StopTimeStamp,
            ExitCode = snapshot.ExitCode,
            Source = Source(snapshot),
            Urls = [.. snapshot.Urls.Where(u => !u.IsInternal).Select(u => new UrlView(Title(u), u.Url))],
            Environment =
                [.. snapshot.EnvironmentVariables.Select(v => Value(v.Name, v.Value, v.IsSecret || HasSecretName(v.Name)))],
            Properties = [.. snapshot.Properties.Select(p => Value(
                p.Name, Convert.ToString(p.Value, CultureInfo.InvariantCulture), p.IsSensitive))],
            Relations = [.. snapshot.Relationships.Select(r => new RelationView(r.ResourceName, r.Type))],
            Commands = [.. snapshot.Commands.Where(c => c.State != ResourceCommandState.Hidden).Select(c => new CommandView(
                c.Name, c.DisplayName, c.DisplayDescription, c.ConfirmationMessage, c.State == ResourceCommandState.Enabled,
                c.IsHighlighted))],
        };
    }

    private static string Title(UrlSnapshot url)
        => url.DisplayProperties.DisplayName is { Length: > 0 } given ? given : url.Name ?? string.Empty;

    private static ValueView Value(string name, string? value, bool isSecret) => new(name, isSecret ? null : value, isSecret);

    /// <summary>Also what the application set as plain text is not shown when its name says what it is.</summary>
    private static bool HasSecretName(string name) => _secretWords.Any(w => name.Contains(w, StringComparison.OrdinalIgnoreCase));

    private static string? Source(CustomResourceSnapshot snapshot)
    {
        string? Find(string property) => Convert.ToString(
            snapshot.Properties.FirstOrDefault(p => p.Name == property)?.Value, CultureInfo.InvariantCulture);
        return Find(ResourceFacts.ProjectPath) is { Length: > 0 } project ? Path.GetFileName(project)
            : Find(ResourceFacts.ContainerImage) is { Length: > 0 } image ? image
            : Find(ResourceFacts.ExecutablePath) is { Length: > 0 } program
                ? $"{program} {Find(ResourceFacts.ExecutableArguments)}".Trim()
            : null;
    }
}
