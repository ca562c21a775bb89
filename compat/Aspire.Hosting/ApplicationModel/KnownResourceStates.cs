namespace Aspire.Hosting.ApplicationModel;

/// <summary>The states that a resource goes through.</summary>
public static class KnownResourceStates
{
    /// <summary>Nobody has started it yet: it waits for its start command.</summary>
    public static readonly string NotStarted = nameof(NotStarted);

    /// <summary>It waits for another resource.</summary>
    public static readonly string Waiting = nameof(Waiting);

    /// <summary>Its process is being started.</summary>
    public static readonly string Starting = nameof(Starting);

    /// <summary>Its process runs; health is told apart.</summary>
    public static readonly string Running = nameof(Running);

    /// <summary>It was told to stop.</summary>
    public static readonly string Stopping = nameof(Stopping);

    /// <summary>A container ended.</summary>
    public static readonly string Exited = nameof(Exited);

    /// <summary>A project's or program's process ended.</summary>
    public static readonly string Finished = nameof(Finished);

    /// <summary>It never ran.</summary>
    public static readonly string FailedToStart = nameof(FailedToStart);

    /// <summary>The states that a resource does not leave by itself.</summary>
    public static readonly IReadOnlyList<string> TerminalStates = [Finished, FailedToStart, Exited];
}

/// <summary>How to show a state.</summary>
public static class KnownResourceStateStyles
{
    /// <summary>As good.</summary>
    public static readonly string Success = "success";

    /// <summary>As news.</summary>
    public static readonly string Info = "info";

    /// <summary>As a warning.</summary>
    public static readonly string Warn = "warning";

    /// <summary>As an error.</summary>
    public static readonly string Error = "error";
}
