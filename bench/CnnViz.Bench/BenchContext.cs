using CnnViz.Models;

namespace CnnViz.Bench;

/// <summary>What every job is given.</summary>
/// <param name="Root">The repository's root.</param>
/// <param name="Work">A folder for files between the bench and its peers.</param>
/// <param name="Quick">Whether to do little: three rounds of small repetitions, to see that all runs.</param>
/// <param name="PeakGflops">The machine's fp32 peak with all threads; 0 = not measured.</param>
/// <param name="Catalog">The networks.</param>
/// <param name="Say">Tells the person at the terminal.</param>
internal sealed record BenchContext(
    string Root, string Work, bool Quick, double PeakGflops, ModelCatalog Catalog, Action<string> Say)
{
    /// <summary>Interleaved pairs per comparison.</summary>
    public int Rounds => Quick ? 3 : 7;

    public string Peers => Path.Combine(Root, "bench", "peers");

    /// <summary>A file between the bench and its peers.</summary>
    public string File(string name) => Path.Combine(Work, name);
}

/// <summary>A group of measurements that runs in a process of its own.</summary>
internal interface IBenchJob
{
    /// <summary>Its name on the command line.</summary>
    string Name { get; }

    /// <summary>One line about it.</summary>
    string About { get; }

    Task<IReadOnlyList<BenchResult>> RunAsync(BenchContext context, CancellationToken cancellation);
}
