namespace CnnViz.Cli.Stack;

/// <summary>How a local stack is started and stopped.</summary>
internal sealed record LocalStackOptions
{
    /// <summary>The AppHost: a .dll, or an executable.</summary>
    public required string AppHost { get; init; }

    /// <summary>The folder (absolute) below which it may read models by their files' paths, if any.</summary>
    public string? ModelFolder { get; init; }

    /// <summary>How many replicas of the inference service; default 1.</summary>
    public int InferenceReplicas { get; init; } = 1;

    /// <summary>How long it may take until all services are healthy; default 2 minutes.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long it may take to stop when asked, before it is killed with all its children; default 20 s.</summary>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Where each line of its output goes as well, if anywhere.</summary>
    public Action<string>? Echo { get; init; }
}
