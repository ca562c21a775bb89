namespace CnnViz.Engine.Torch;

/// <summary>How many images one call should take.</summary>
internal static class BatchSize
{
    private const int LargestOnCpu = 8;
    private const int LargestOnCuda = 64;

    /// <param name="engine">Where the pass runs.</param>
    /// <param name="bytesPerImage">The pass's estimated bytes for one image.</param>
    public static int Preferred(TorchEngine engine, long bytesPerImage)
    {
        var largest = engine.OnCuda ? LargestOnCuda : LargestOnCpu;
        return (int)Math.Clamp(engine.MemoryLimitBytes / Math.Max(bytesPerImage, 1), 1, largest);
    }
}
