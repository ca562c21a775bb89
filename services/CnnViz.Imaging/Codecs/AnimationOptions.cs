namespace CnnViz.Imaging.Codecs;

/// <summary>How an animation is played.</summary>
public sealed record AnimationOptions
{
    /// <summary>How long each frame but the last is shown. Default 100 ms; 10 ms to 65 s. GIF rounds to 10 ms.</summary>
    public TimeSpan FrameDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long the last frame is shown. Default 2 s; 10 ms to 65 s. GIF rounds to 10 ms.</summary>
    public TimeSpan Hold { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often it is played, 1 to 65,535; 0 (the default) = for ever.</summary>
    public int Plays { get; init; }

    /// <summary>A frame's time in milliseconds.</summary>
    internal int Milliseconds(int frame, int count) => (int)(frame == count - 1 ? Hold : FrameDelay).TotalMilliseconds;

    /// <exception cref="ArgumentException">A number is out of its range, or there are no frames.</exception>
    internal void Check(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1, "frames");
        ArgumentOutOfRangeException.ThrowIfNegative(Plays, "plays");
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Plays, ushort.MaxValue, "plays");
        foreach (var (time, name) in new[] { (FrameDelay, "frame delay"), (Hold, "hold") })
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(time.TotalMilliseconds, 10, name);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(time.TotalMilliseconds, ushort.MaxValue, name);
        }
    }

    /// <exception cref="ArgumentException">The frame is no RGB picture of the first one's size.</exception>
    internal static Raster Same(Raster frame, Raster first) =>
        frame.Channels == 3 && frame.Width == first.Width && frame.Height == first.Height
            ? frame
            : throw new ArgumentException(
                $"Frames must be RGB and of one size: {first.Width}x{first.Height}x{first.Channels} and "
                + $"{frame.Width}x{frame.Height}x{frame.Channels}.",
                nameof(frame));
}
