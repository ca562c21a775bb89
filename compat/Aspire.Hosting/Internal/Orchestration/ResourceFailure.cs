using System.Text;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Internal.Orchestration;

/// <summary>Says what became of a resource.</summary>
internal static class ResourceFailure
{
    private const int TailLines = 20;

    /// <summary>In one clause.</summary>
    public static string Describe(ResourceEvent ended)
        => $"Resource '{ReplicaName.Of(ended.Resource, ended.ResourceId)}' " + Fate(ended.Snapshot);

    private static string Fate(CustomResourceSnapshot snapshot) => snapshot switch
    {
        { ExitCode: { } code, IsReady: false } => $"exited with code {code} before it was healthy",
        { ExitCode: { } code } => $"exited with code {code}",
        { State.Text: var state } => $"is in state {state}",
        _ => "is in an unknown state",
    };

    /// <summary>With the last it printed: most often that is the reason.</summary>
    public static string DescribeWithOutput(ResourceEvent ended, ResourceLoggerService logs)
    {
        var text = new StringBuilder(Describe(ended)).Append('.');
        var tail = logs.Log(ended.ResourceId).Tail(TailLines);
        if (tail.Count > 0)
        {
            text.Append(" Its last output:");
            foreach (var line in tail)
                text.AppendLine().Append("  ").Append(line);
        }

        return text.ToString();
    }
}
