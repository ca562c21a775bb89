namespace CnnViz.Engine.Tests.Keras;

/// <summary>One sample's values between (height, width, channels) and (channels, height, width).</summary>
internal static class AxisOrder
{
    public static T[] ChannelsFirst<T>(IReadOnlyList<T> values, int channels)
    {
        var cells = values.Count / channels;
        return [.. Enumerable.Range(0, values.Count).Select(i => values[(i % cells * channels) + (i / cells)])];
    }
}
