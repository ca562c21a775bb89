using System.Runtime.InteropServices;

namespace CnnViz.Engine.OneDnn.Native;

/// <summary>The functions of native/onednn/cnnviz_onednn.h.</summary>
internal static unsafe partial class Shim
{
    private const string Library = "cnnviz_onednn";

    /// <summary>The shim's last error on this thread.</summary>
    public static string LastError => Text(cnnviz_error());

    /// <summary>A C string that the shim keeps.</summary>
    public static string Text(byte* text) => Marshal.PtrToStringUTF8((nint)text) ?? "";

    [LibraryImport(Library)]
    public static partial byte* cnnviz_error();

    [LibraryImport(Library)]
    public static partial byte* cnnviz_version();

    [LibraryImport(Library)]
    public static partial byte* cnnviz_isa();

    [LibraryImport(Library)]
    public static partial int cnnviz_block();

    [LibraryImport(Library)]
    public static partial int cnnviz_bf16();

    [LibraryImport(Library)]
    public static partial nint cnnviz_cache_create();

    [LibraryImport(Library)]
    public static partial void cnnviz_cache_free(nint cache);

    [LibraryImport(Library)]
    public static partial long cnnviz_cache_bytes(nint cache);

    [LibraryImport(Library)]
    public static partial nint cnnviz_program_create(nint cache, int threads);

    [LibraryImport(Library)]
    public static partial void cnnviz_program_free(nint program);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int cnnviz_add_conv(
        nint program, ShimConv* conv, string key, delegate* unmanaged<nint, float*, void> fill, nint context, float* bias);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int cnnviz_add_conv_backward(
        nint program, ShimConv* conv, string key, delegate* unmanaged<nint, float*, void> fill, nint context);

    [LibraryImport(Library)]
    public static partial int cnnviz_add_op(nint program, ShimOp* op);

    [LibraryImport(Library)]
    public static partial byte* cnnviz_step_name(nint program, int step);

    [LibraryImport(Library)]
    public static partial double cnnviz_step_flops(nint program, int step);

    [LibraryImport(Library)]
    public static partial nint cnnviz_lane_create(nint program, long arenaBytes);

    [LibraryImport(Library)]
    public static partial void cnnviz_lane_free(nint lane);

    [LibraryImport(Library)]
    public static partial byte* cnnviz_lane_arena(nint lane);

    [LibraryImport(Library)]
    public static partial long cnnviz_lane_bytes(nint lane);

    [LibraryImport(Library)]
    public static partial int cnnviz_lane_export(nint lane, int channels, int height, int width, long buffer, float* planar);

    [LibraryImport(Library)]
    public static partial int cnnviz_lane_run(nint lane, int first, int count);

    [LibraryImport(Library)]
    public static partial int cnnviz_lane_profile(nint lane, int first, int count, long* nanoseconds);
}
