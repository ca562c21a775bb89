using CnnViz.Engine.Numerics;
using CnnViz.Engine.OneDnn.Native;
using CnnViz.Models;

namespace CnnViz.Engine.OneDnn;

/// <summary>
/// Runs networks on the CPU with oneDNN: fused passes over channel blocks, in float32, each image by one thread on a core of its
/// own or by all cores together. With the same threads, precision and processor, results are equal to the last bit.
/// </summary>
public sealed class OneDnnEngine : IEngine
{
    private const int MaxThreads = 1024;
    private const long SmallestLimit = 1 << 20;

    private readonly ShimCaches _caches = new();

    /// <param name="options">Threads and limits; the defaults if null.</param>
    /// <exception cref="ArgumentException">A number is out of its range.</exception>
    /// <exception cref="DllNotFoundException">The native library cannot be loaded; <see cref="WhyUnavailable"/> says why.</exception>
    public OneDnnEngine(OneDnnEngineOptions? options = null)
    {
        options ??= new OneDnnEngineOptions();
        ArgumentOutOfRangeException.ThrowIfNegative(options.Threads);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Threads, MaxThreads);
        if (options.MemoryLimitBytes is not 0 and < SmallestLimit)
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.MemoryLimitBytes, $"The memory limit is below {SmallestLimit} bytes.");
        }

        Block = Shim.cnnviz_block();
        HasBFloat16 = Shim.cnnviz_bf16() != 0;
        Threads = options.Threads > 0 ? options.Threads : PhysicalCores.Count();
        MemoryLimitBytes = options.MemoryLimitBytes > 0
            ? options.MemoryLimitBytes
            : GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2;
    }

    /// <summary>Why the engine cannot run here; null where it can.</summary>
    public static string? WhyUnavailable { get; } = Probe();

    public string Name => "onednn";

    public string Device => "cpu";

    public string Precision => "fp32";

    public int Threads { get; }

    public int Lanes => Threads;

    /// <summary>Most bytes that a pass over one image may take, besides weights.</summary>
    public long MemoryLimitBytes { get; }

    /// <summary>The processor's instruction set and the library's version, for reports.</summary>
    public static unsafe string Library => $"oneDNN {Shim.Text(Shim.cnnviz_version())}, {Shim.Text(Shim.cnnviz_isa())}";

    /// <summary>Bytes of packed weights that the engine holds, of all models.</summary>
    public long PackedWeightBytes => _caches.Bytes;

    /// <summary>Channels side by side in the blocked layout.</summary>
    internal int Block { get; }

    /// <summary>Whether the processor multiplies bfloat16 natively.</summary>
    internal bool HasBFloat16 { get; }

    public ICompiledModel Compile(ModelGraph graph, CompileOptions options)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(options);
        if (options.TargetLayers.Count == 0)
        {
            throw new CompileException("no target layer was named");
        }

        var lease = _caches.Acquire(graph.Digest);
        try
        {
            return new OneDnnCompiledModel(this, graph, options, lease);
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    private static string? Probe()
    {
        try
        {
            return Shim.cnnviz_block() > 0 ? null : "the processor has neither AVX2 nor AVX-512";
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException or BadImageFormatException)
        {
            return $"the native library cnnviz_onednn cannot be loaded: {e.Message.Split('\n')[0]}";
        }
    }
}
