using System.Runtime.InteropServices;

namespace CnnViz.Engine.Torch;

/// <summary>Asks the CUDA driver for a device's memory; TorchSharp's API does not tell.</summary>
internal static partial class CudaMemory
{
    private const string Driver = "libcuda.so.1";

    /// <summary>A device's memory in bytes; null where the driver does not tell.</summary>
    /// <param name="device">The device's number, as CUDA_VISIBLE_DEVICES numbers them.</param>
    public static long? Total(int device)
    {
        try
        {
            return Initialize(0) == 0 && GetDevice(out var handle, device) == 0 && GetTotalMemory(out var bytes, handle) == 0
                ? checked((long)bytes)
                : null;
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            return null;
        }
    }

    [LibraryImport(Driver, EntryPoint = "cuInit")]
    private static partial int Initialize(uint flags);

    [LibraryImport(Driver, EntryPoint = "cuDeviceGet")]
    private static partial int GetDevice(out int device, int ordinal);

    [LibraryImport(Driver, EntryPoint = "cuDeviceTotalMem_v2")]
    private static partial int GetTotalMemory(out nuint bytes, int device);
}
