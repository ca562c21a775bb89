namespace Aspire.Hosting.ApplicationModel;

/// <summary>Something that a person can have done to a resource, from the dashboard or from code.</summary>
public sealed class ResourceCommandAnnotation : IResourceAnnotation
{
    /// <param name="name">Identifies the command within the resource.</param>
    /// <param name="displayName">Shown to people.</param>
    /// <param name="updateState">Says whether it can be had, each time the resource's state changes.</param>
    /// <param name="executeCommand">Does it.</param>
    /// <param name="displayDescription">What it does, shown to people.</param>
    /// <param name="parameter">Passed along in snapshots.</param>
    /// <param name="confirmationMessage">Asked before it is done; nothing is asked when null.</param>
    /// <param name="iconName">Name of a Fluent UI icon.</param>
    /// <param name="iconVariant">Its variant; regular when null.</param>
    /// <param name="isHighlighted">Whether it is shown beside the resource and not in a menu.</param>
    public ResourceCommandAnnotation(
        string name,
        string displayName,
        Func<UpdateCommandStateContext, ResourceCommandState> updateState,
        Func<ExecuteCommandContext, Task<ExecuteCommandResult>> executeCommand,
        string? displayDescription,
        object? parameter,
        string? confirmationMessage,
        string? iconName,
        IconVariant? iconVariant,
        bool isHighlighted)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(displayName);
        ArgumentNullException.ThrowIfNull(updateState);
        ArgumentNullException.ThrowIfNull(executeCommand);
        Name = name;
        DisplayName = displayName;
        UpdateState = updateState;
        ExecuteCommand = executeCommand;
        DisplayDescription = displayDescription;
        Parameter = parameter;
        ConfirmationMessage = confirmationMessage;
        IconName = iconName;
        IconVariant = iconVariant;
        IsHighlighted = isHighlighted;
    }

    /// <summary>Identifies the command within the resource.</summary>
    public string Name { get; }

    /// <summary>Shown to people.</summary>
    public string DisplayName { get; }

    /// <summary>Says whether it can be had, each time the resource's state changes.</summary>
    public Func<UpdateCommandStateContext, ResourceCommandState> UpdateState { get; }

    /// <summary>Does it.</summary>
    public Func<ExecuteCommandContext, Task<ExecuteCommandResult>> ExecuteCommand { get; }

    /// <summary>What it does, shown to people.</summary>
    public string? DisplayDescription { get; }

    /// <summary>Passed along in snapshots.</summary>
    public object? Parameter { get; }

    /// <summary>Asked before it is done; nothing is asked when null.</summary>
    public string? ConfirmationMessage { get; }

    /// <summary>Name of a Fluent UI icon.</summary>
    public string? IconName { get; }

    /// <summary>The icon's variant; regular when null.</summary>
    public IconVariant? IconVariant { get; }

    /// <summary>Whether it is shown beside the resource and not in a menu.</summary>
    public bool IsHighlighted { get; }
}

/// <summary>Variants of an icon.</summary>
public enum IconVariant
{
    /// <summary>Outlined.</summary>
    Regular = 0,

    /// <summary>Filled.</summary>
    Filled = 1,
}

/// <summary>Whether a command can be had.</summary>
public enum ResourceCommandState
{
    /// <summary>Shown, and can be had.</summary>
    Enabled = 0,

    /// <summary>Shown, but not now.</summary>
    Disabled = 1,

    /// <summary>Not shown.</summary>
    Hidden = 2,
}

/// <summary>The commands that every resource with processes has.</summary>
public static class KnownResourceCommands
{
    /// <summary>Starts it.</summary>
    public static readonly string StartCommand = "resource-start";

    /// <summary>Stops it.</summary>
    public static readonly string StopCommand = "resource-stop";

    /// <summary>Stops and starts it.</summary>
    public static readonly string RestartCommand = "resource-restart";
}
