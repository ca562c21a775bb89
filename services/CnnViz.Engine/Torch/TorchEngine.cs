using CnnViz.Engine.Numerics;
using CnnViz.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace CnnViz.Engine.Torch;

/// <summary>
/// Runs networks with libtorch through TorchSharp, on a CUDA device or the CPU, in float32 without TF32. With the same engine,
/// threads and input on the CPU, results are equal to the last bit.
/// </summary>
public sealed class TorchEngine : IEngine
{
    private const int MaxThreads = 1024;
    private const long SmallestLimit = 1 << 20;

    private readonly Device _device;
    private readonly TorchWeightCache _weights;

    /// <param name="options">The device, threads and limits; the defaults if null.</param>
    /// <exception cref="ArgumentException">The device cannot be had, or a number is out of its range.</exception>
    public TorchEngine(TorchEngineOptions? options = null)
    {
        options ??= new TorchEngineOptions();
        ArgumentOutOfRangeException.ThrowIfNegative(options.Threads);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Threads, MaxThreads);
        if (options.MemoryLimitBytes is not 0 and < SmallestLimit)
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.MemoryLimitBytes, $"The memory limit is below {SmallestLimit} bytes.");
        }

        _device = PickDevice(options.Device);
        Threads = options.Threads > 0 ? options.Threads : PhysicalCores.Count();
        MemoryLimitBytes = options.MemoryLimitBytes > 0 ? options.MemoryLimitBytes : DefaultMemoryLimit(_device);
        ChannelsLast = options.ChannelsLast ?? true;
        _weights = new TorchWeightCache(_device, ChannelsLast);
        if (OnCuda)
        {
            // TF32 keeps 10 bits of each factor: too few to agree with the CPU, and with reference gradients.
            backends.cuda.matmul.allow_tf32 = false;
            backends.cudnn.allow_tf32 = false;
        }
    }

    /// <summary>Why the engine cannot run here; null where it can. The first use loads libtorch.</summary>
    public static string? WhyUnavailable
    {
        get
        {
            try
            {
                _ = cuda.is_available();
                return null;
            }
            catch (Exception e) when (e is DllNotFoundException or BadImageFormatException or TypeInitializationException
                or NotSupportedException)
            {
                return $"libtorch cannot be loaded: {e.GetBaseException().Message.Split('\n')[0]}";
            }
        }
    }

    /// <summary>Whether there is a CUDA device that libtorch can use.</summary>
    public static bool HasCuda => WhyUnavailable is null && cuda.is_available();

    public string Name => "torch";

    public string Device => _device.ToString();

    public string Precision => "fp32";

    public int Threads { get; }

    public int Lanes => 1;

    /// <summary>Most bytes that one pass may be estimated to take.</summary>
    public long MemoryLimitBytes { get; }

    /// <summary>Whether feature maps lie channels-last in memory.</summary>
    public bool ChannelsLast { get; }

    internal bool OnCuda => _device.type == DeviceType.CUDA;

    /// <summary>Number of models whose weights the engine holds.</summary>
    internal int CachedModels => _weights.Count;

    public ICompiledModel Compile(ModelGraph graph, CompileOptions options)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(options);
        if (options.TargetLayers.Count == 0)
        {
            throw new CompileException("no target layer was named");
        }

        var plan = ExecutionPlan.Create(graph, options);
        if (plan.BytesPerImage > MemoryLimitBytes)
        {
            throw new CompileException(TooLarge(plan.BytesPerImage, 1, $"model '{graph.Name}' at {options.Width}x{options.Height} pixels"));
        }

        return new TorchCompiledModel(this, _device, plan, _weights.Acquire(graph), options);
    }

    /// <summary>
    /// Sets the calling thread's share of threads. OpenMP keeps the number per calling thread, so every pass sets it; asking first
    /// makes libtorch initialise the thread, which would otherwise overwrite the number later.
    /// </summary>
    internal void PrepareThread()
    {
        if (!OnCuda && get_num_threads() != Threads)
        {
            set_num_threads(Threads);
        }
    }

    internal string TooLarge(long bytes, int batch, string what)
        => $"{what} needs an estimated {bytes / 1048576.0:F0} MiB for {batch} image{(batch == 1 ? "" : "s")}; the limit is {MemoryLimitBytes / 1048576.0:F0} MiB";

    private static Device PickDevice(string? name)
    {
        if (name is null)
        {
            return new Device(cuda.is_available() ? "cuda:0" : "cpu");
        }

        Device device;
        try
        {
            device = new Device(name);
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            throw new ArgumentException($"'{name}' is no device; use cpu or cuda:0", nameof(name), e);
        }

        return device.type switch
        {
            DeviceType.CPU => device,
            DeviceType.CUDA when cuda.is_available() => new Device(DeviceType.CUDA, Math.Max(device.index, 0)),
            _ => throw new ArgumentException($"device '{name}' cannot be had: libtorch finds no CUDA device", nameof(name)),
        };
    }

    private static long DefaultMemoryLimit(Device device) => device.type == DeviceType.CUDA
        ? (CudaMemory.Total(device.index) ?? 8L << 30) / 5 * 4
        : GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2;
}
