using System.Diagnostics;
using CnnViz.Engine;
using CnnViz.Models;

namespace CnnViz.Bench;

/// <summary>The engine alone: one forward pass and one vector-Jacobian product for a batch of images.</summary>
internal static class GradientStep
{
    private const int Warmups = 3;
    private const int Repetitions = 15;

    public static BenchResult Measure(IEngine engine, ModelGraph graph, string layer, int size, int batch)
    {
        using var model = engine.Compile(graph, new CompileOptions(size, size, [layer]));
        var random = new Random(1);
        var images = new float[batch * model.InputShape.ElementCount];
        for (var i = 0; i < images.Length; i++)
        {
            images[i] = random.NextSingle() - 0.5f;
        }

        var cotangent = new float[batch * model.TargetShapes[layer].ElementCount];
        Array.Fill(cotangent, 1f / cotangent.Length);
        var cotangents = new Dictionary<string, ReadOnlyMemory<float>> { [layer] = cotangent };
        var gradient = new float[images.Length];

        var times = new List<double>();
        for (var i = 0; i < Warmups + Repetitions; i++)
        {
            var start = Stopwatch.GetTimestamp();
            using (var pass = model.Forward(images, batch, withGradient: true))
            {
                pass.Backward(cotangents, gradient);
            }

            if (i >= Warmups)
            {
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds / batch);
            }
        }

        times.Sort();
        var job = $"gradient step, {graph.Name} {layer}, {size} px, batch {batch}";
        return new BenchResult(
            job, $"{engine.Name} {engine.Device}", engine.Precision, engine.Threads, times[times.Count / 2], 1);
    }
}
