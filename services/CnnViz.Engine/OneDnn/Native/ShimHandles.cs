using Microsoft.Win32.SafeHandles;

namespace CnnViz.Engine.OneDnn.Native;

/// <summary>The packed weights of one model, shared by its programs.</summary>
internal sealed class ShimCache : SafeHandleZeroOrMinusOneIsInvalid
{
    public ShimCache()
        : base(ownsHandle: true) => SetHandle(Shim.cnnviz_cache_create());

    /// <summary>Bytes of packed weights.</summary>
    public long Bytes => Shim.cnnviz_cache_bytes(handle);

    public ShimProgram CreateProgram(int threads) => new(Shim.cnnviz_program_create(handle, threads));

    protected override bool ReleaseHandle()
    {
        Shim.cnnviz_cache_free(handle);
        return true;
    }
}

/// <summary>A list of steps over one arena.</summary>
internal sealed class ShimProgram : SafeHandleZeroOrMinusOneIsInvalid
{
    public ShimProgram(nint program)
        : base(ownsHandle: true)
    {
        SetHandle(program);
        if (IsInvalid)
        {
            throw new CompileException($"oneDNN: {Shim.LastError}");
        }
    }

    /// <summary>Appends a convolution.</summary>
    /// <returns>Its step.</returns>
    public unsafe int Add(ShimConv conv, string key, long weightCount, KernelWriter write, float[]? bias)
        => Checked(KernelFill.Run(weightCount, write, (fill, context) =>
        {
            var given = conv;
            fixed (float* shift = bias)
            {
                return Shim.cnnviz_add_conv(
                    handle, &given, key, (delegate* unmanaged<nint, float*, void>)fill, context, shift);
            }
        }));

    /// <summary>Appends a convolution's gradient to its input, from that to its output.</summary>
    public unsafe int AddBackward(ShimConv conv, string key, long weightCount, KernelWriter write)
        => Checked(KernelFill.Run(weightCount, write, (fill, context) =>
        {
            var given = conv;
            return Shim.cnnviz_add_conv_backward(
                handle, &given, key, (delegate* unmanaged<nint, float*, void>)fill, context);
        }));

    /// <summary>Appends a pass.</summary>
    public unsafe int Add(ShimOp op, float[]? table0 = null, float[]? table1 = null)
    {
        fixed (float* first = table0, second = table1)
        {
            op.Table0 = first;
            op.Table0Length = table0?.Length ?? 0;
            op.Table1 = second;
            op.Table1Length = table1?.Length ?? 0;
            return Checked(Shim.cnnviz_add_op(handle, &op));
        }
    }

    /// <summary>What a step is and which implementation it runs on.</summary>
    public unsafe string NameOf(int step) => Shim.Text(Shim.cnnviz_step_name(handle, step));

    public double FlopsOf(int step) => Shim.cnnviz_step_flops(handle, step);

    public ShimLane CreateLane(long arenaBytes) => new(Shim.cnnviz_lane_create(handle, arenaBytes));

    protected override bool ReleaseHandle()
    {
        Shim.cnnviz_program_free(handle);
        return true;
    }

    private static int Checked(int step) => step >= 0 ? step : throw new CompileException($"oneDNN: {Shim.LastError}");
}

/// <summary>An arena that runs a program; for one thread at a time.</summary>
internal sealed unsafe class ShimLane : SafeHandleZeroOrMinusOneIsInvalid
{
    private readonly byte* _arena;

    public ShimLane(nint lane)
        : base(ownsHandle: true)
    {
        SetHandle(lane);
        if (IsInvalid)
        {
            throw new CompileException($"oneDNN: {Shim.LastError}");
        }

        _arena = Shim.cnnviz_lane_arena(handle);
    }

    /// <summary>Bytes of the arena and the scratchpad.</summary>
    public long Bytes => Shim.cnnviz_lane_bytes(handle);

    /// <summary>Where a buffer's values lie; for as long as the lane lives.</summary>
    public float* Floats(long offset) => (float*)(_arena + offset);

    /// <summary>Copies a blocked map out, row-major.</summary>
    public void Export(int channels, int height, int width, long buffer, Span<float> planar)
    {
        if (planar.Length != (long)channels * height * width)
        {
            throw new ArgumentException($"the map has {(long)channels * height * width} values, not {planar.Length}", nameof(planar));
        }

        fixed (float* values = planar)
        {
            if (Shim.cnnviz_lane_export(handle, channels, height, width, buffer, values) < 0)
            {
                throw new InvalidOperationException($"oneDNN: {Shim.LastError}");
            }
        }
    }

    public void Run(int first, int count)
    {
        if (Shim.cnnviz_lane_run(handle, first, count) < 0)
        {
            throw new InvalidOperationException($"oneDNN: {Shim.LastError}");
        }
    }

    /// <summary>Runs steps and measures each.</summary>
    /// <returns>Nanoseconds per step.</returns>
    public long[] Profile(int first, int count)
    {
        var times = new long[count];
        fixed (long* nanoseconds = times)
        {
            if (Shim.cnnviz_lane_profile(handle, first, count, nanoseconds) < 0)
            {
                throw new InvalidOperationException($"oneDNN: {Shim.LastError}");
            }
        }

        return times;
    }

    protected override bool ReleaseHandle()
    {
        Shim.cnnviz_lane_free(handle);
        return true;
    }
}
