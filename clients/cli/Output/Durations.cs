namespace CnnViz.Cli.Output;

/// <summary>Durations as people read them.</summary>
internal static class Durations
{
    /// <summary>"0.4 s" below 10 s, "37 s" below 2 minutes, else "12 min 5 s".</summary>
    public static string Short(TimeSpan duration) => duration.TotalSeconds switch
    {
        < 9.95 => $"{duration.TotalSeconds:0.0} s",
        < 119.5 => $"{duration.TotalSeconds:0} s",
        _ => $"{(int)duration.TotalMinutes} min {duration.Seconds} s",
    };
}
