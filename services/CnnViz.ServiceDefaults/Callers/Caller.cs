namespace CnnViz.ServiceDefaults.Callers;

/// <summary>Whoever makes a call.</summary>
/// <param name="Name">
/// For a key or a client certificate the name that the settings give it; "jwt:" and its subject for a token; the peer's address
/// for one that is not known. Safe to log.
/// </param>
/// <param name="Permissions">What it may do.</param>
/// <param name="IsKnown">Whether it has shown who it is.</param>
public sealed record Caller(string Name, Permissions Permissions, bool IsKnown)
{
    /// <summary>Whether it may see and end what others have begun.</summary>
    public bool MayManage => Permissions.HasFlag(Permissions.Manage);
}
