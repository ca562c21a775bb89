using CnnViz.Models;

namespace CnnViz.Engine.Tests.Maximization;

/// <summary>Compiles <see cref="AnalyticModel"/>s, counts what is asked of them, and fails on demand.</summary>
internal sealed class AnalyticEngine : IEngine
{
    private int _forwards;
    private int _backwards;
    private int _passDisposals;
    private int _compilations;
    private int _disposals;

    public string Name => "analytic";

    public string Device => "cpu";

    public string Precision => "fp64";

    public int Threads { get; init; } = 2;

    public int Lanes { get; init; } = 1;

    public int PreferredBatch { get; init; } = 4;

    /// <summary>A filter whose weights are all 0.</summary>
    public int? DeadFilter { get; init; }

    /// <summary>The forward pass, counted from 1, whose activations are NaN.</summary>
    public int? NaNAtForward { get; init; }

    /// <summary>Called at the start of each forward pass with its number, from 1.</summary>
    public Action<int>? OnForward { get; set; }

    public int Forwards => Volatile.Read(ref _forwards);

    public int Backwards => Volatile.Read(ref _backwards);

    public int OpenPasses => Forwards - Volatile.Read(ref _passDisposals);

    public int Compilations => Volatile.Read(ref _compilations);

    public int OpenModels => Compilations - Volatile.Read(ref _disposals);

    public ICompiledModel Compile(ModelGraph graph, CompileOptions options)
    {
        Interlocked.Increment(ref _compilations);
        return new AnalyticModel(this, options);
    }

    public void CountForward()
    {
        var number = Interlocked.Increment(ref _forwards);
        OnForward?.Invoke(number);
    }

    public void CountBackward() => Interlocked.Increment(ref _backwards);

    public void CountPassDisposal() => Interlocked.Increment(ref _passDisposals);

    public void CountDisposal() => Interlocked.Increment(ref _disposals);

    public void Spoil(Span<float> activation)
    {
        if (Forwards == NaNAtForward)
        {
            activation.Fill(float.NaN);
        }
    }
}
