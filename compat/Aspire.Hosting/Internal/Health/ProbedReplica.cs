namespace Aspire.Hosting.Internal.Health;

/// <summary>
/// Which replica a health check is about. Checks are registered for a resource and know nothing of replicas; the context that
/// they run in does.
/// </summary>
internal static class ProbedReplica
{
    private static readonly AsyncLocal<int?> _index = new();

    /// <summary>From 0; null when all are meant.</summary>
    public static int? Index => _index.Value;

    /// <summary>For the calls that the current method makes from now on.</summary>
    public static void Set(int index) => _index.Value = index;
}
