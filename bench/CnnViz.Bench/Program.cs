using System.Globalization;
using System.Text.Json;
using CnnViz.Bench;
using CnnViz.Engine.Torch;
using CnnViz.Models;

// Usage: CnnViz.Bench [result file]. Needs nanodet under CNNVIZ_MODELS (./cnnviz bench sets it).
var models = Environment.GetEnvironmentVariable("CNNVIZ_MODELS") ?? "models";
using var catalog = ModelCatalog.Open(models);
var graph = catalog.Load("nanodet");
var engine = new TorchEngine();
var results = new List<BenchResult>();

Console.WriteLine($"{engine.Name} on {engine.Device}, {engine.Precision}, {engine.Threads} threads; medians");
Console.WriteLine("job                                              ms per image-step   of it in the engine");
foreach (var batch in new[] { 1, 4, 8, 16 })
{
    Print(GradientStep.Measure(engine, graph, "Add_10", 128, batch));
}

Print(await WholeAscent.MeasureAsync(engine, graph, "Add_10", 128, filters: 16, steps: 24));

if (args.Length > 0)
{
    await File.WriteAllTextAsync(args[0], JsonSerializer.Serialize(results, BenchResult.Json) + "\n");
}

void Print(BenchResult result)
{
    results.Add(result);
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"{result.Job,-48} {result.Ms,17:F2}   {result.EngineShare,19:P0}"));
}
