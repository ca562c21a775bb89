using System.Text.Json;

namespace CnnViz.Bench;

/// <summary>One measured job.</summary>
/// <param name="Job">What was done.</param>
/// <param name="Engine">Name and device.</param>
/// <param name="Precision">The engine's arithmetic.</param>
/// <param name="Threads">Threads of one pass.</param>
/// <param name="Ms">Milliseconds per image and step: median over the repetitions.</param>
/// <param name="EngineShare">Share of that time spent in forward and backward passes, 0 to 1.</param>
internal sealed record BenchResult(string Job, string Engine, string Precision, int Threads, double Ms, double EngineShare)
{
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
    };
}
