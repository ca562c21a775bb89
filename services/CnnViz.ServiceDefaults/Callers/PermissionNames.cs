namespace CnnViz.ServiceDefaults.Callers;

/// <summary>Permissions as settings, tokens and errors spell them: "infer", "render", "manage".</summary>
internal static class PermissionNames
{
    private static readonly (string Name, Permissions Permission)[] _all =
        [("infer", Permissions.Infer), ("render", Permissions.Render), ("manage", Permissions.Manage)];

    /// <summary>The names of some permissions, with commas between.</summary>
    public static string Of(Permissions permissions) =>
        string.Join(", ", _all.Where(one => permissions.HasFlag(one.Permission)).Select(one => one.Name));

    /// <summary>The permission of a name; null where there is none of that name.</summary>
    public static Permissions? Find(string name) =>
        Array.Find(_all, one => one.Name == name) is { Name: not null } found ? found.Permission : null;

    /// <summary>Permissions by name, each of which must be known.</summary>
    /// <param name="names">The names; commas and spaces separate them too.</param>
    /// <param name="where">The setting, for the message.</param>
    /// <exception cref="InvalidOperationException">One is unknown, or there is none.</exception>
    public static Permissions Parse(IEnumerable<string> names, string where)
    {
        var all = Permissions.None;
        foreach (var name in names.SelectMany(text => text.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries)))
        {
            all |= Find(name)
                ?? throw new InvalidOperationException($"{where}: permissions are infer, render and manage, not '{name}'");
        }

        return all != Permissions.None
            ? all
            : throw new InvalidOperationException($"{where}: at least one of infer, render and manage is needed");
    }
}
