using CnnViz.Engine.Torch;
using Xunit.Abstractions;

namespace CnnViz.Engine.Tests.Trained;

/// <summary>The committed classifier, through the reader and the engine, on the data set's test part.</summary>
public sealed class FashionCnnTests(ITestOutputHelper output)
{
    private const int Batch = 500;
    private const int Classes = 10;

    /// <summary>Of 10,000 pictures: what rounding may turn over between two implementations.</summary>
    private const double Tolerance = 0.0005;

    [FashionMnistFact]
    public void Forward_AllTestImages_ReachesTheRecordedAccuracy()
    {
        using var catalog = TrainedModel.OpenCatalog();
        var graph = catalog.Load("fashion-cnn");
        var engine = new TorchEngine(new TorchEngineOptions { Device = "cpu", Threads = 2 });
        var (images, labels) = (FashionMnist.TestImages(), FashionMnist.TestLabels());
        var right = 0;
        foreach (var start in Enumerable.Range(0, labels.Length / Batch).Select(i => i * Batch))
        {
            const int Pixels = FashionMnist.Size * FashionMnist.Size;
            float[] inputs = [.. images.Skip(start * Pixels).Take(Batch * Pixels).Select(value => value / graph.Input.Std[0])];
            var scores = TrainedModel.Run(engine, graph, inputs, Batch, "softmax_1");
            right += Enumerable.Range(0, Batch).Count(i => Best(scores.AsSpan(i * Classes, Classes)) == labels[start + i]);
        }

        var accuracy = (double)right / labels.Length;
        output.WriteLine($"{right} of {labels.Length} right");
        Assert.Equal(10_000, labels.Length);
        Assert.InRange(accuracy - TrainedModel.Figure("fashion-cnn", "test_accuracy"), -Tolerance, Tolerance);
        Assert.True(accuracy >= 0.91);
    }

    private static int Best(Span<float> scores)
    {
        var best = 0;
        for (var i = 1; i < scores.Length; i++)
        {
            best = scores[i] > scores[best] ? i : best;
        }

        return best;
    }
}
