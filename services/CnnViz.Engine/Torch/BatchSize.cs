namespace CnnViz.Engine.Torch;

/// <summary>How many images one call should take.</summary>
internal static class BatchSize
{
    // Measured on NanoDet at 128 pixels, 2 cores: in a batch of 8 an image costs about half of what it costs alone; 16 gain nothing more.
    private const int LargestOnCpu = 8;

    // Enough images to fill a GPU's cores with 16-pixel maps; memory usually sets the number first.
    private const int LargestOnCuda = 64;

    /// <param name="engine">Where the pass runs.</param>
    /// <param name="bytesPerImage">The pass's estimated bytes for one image.</param>
    public static int Preferred(TorchEngine engine, long bytesPerImage)
    {
        var largest = engine.OnCuda ? LargestOnCuda : LargestOnCpu;
        return (int)Math.Clamp(engine.MemoryLimitBytes / Math.Max(bytesPerImage, 1), 1, largest);
    }
}
