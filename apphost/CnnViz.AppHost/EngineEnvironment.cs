namespace CnnViz.AppHost;

/// <summary>Settings that the native libraries below the engines read once, when their process starts.</summary>
internal static class EngineEnvironment
{
    /// <summary>
    /// Idle OpenMP threads sleep instead of spinning: a spinning one takes its core from whoever has work, and on a busy machine
    /// a step then takes many times as long. They look for work for some microseconds first, or a pass of a hundred short steps
    /// spends a fifth of its time waking them. glibc keeps large freed blocks instead of giving them back, for a pass frees and
    /// takes the same ones again; the page faults would cost 10 to 30 % of a step.
    /// </summary>
    public static IResourceBuilder<ProjectResource> WithEngineEnvironment(
        this IResourceBuilder<ProjectResource> service) => service
        .WithEnvironment("OMP_WAIT_POLICY", "passive")
        .WithEnvironment("GOMP_SPINCOUNT", "10000")
        .WithEnvironment("MALLOC_MMAP_THRESHOLD_", "33554432")
        .WithEnvironment("MALLOC_TRIM_THRESHOLD_", "8589934592")
        .WithEnvironment("MALLOC_TOP_PAD_", "67108864");
}
