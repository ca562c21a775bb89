using CnnViz.Engine;
using CnnViz.Models;

namespace CnnViz.Inference.Tests;

/// <summary>
/// Two lanes and no cost: every activation is a weight times one weighted sum of the input. Tells a test of each forward pass.
/// </summary>
internal sealed class LinearEngine : IEngine
{
    private int _compiled;

    public string Name => "linear";

    public string Device => "cpu";

    public string Precision => "fp32";

    public int Threads => 2;

    public int Lanes => 2;

    /// <summary>Models compiled so far; each is known by its number, from 0.</summary>
    public int Compiled => Volatile.Read(ref _compiled);

    /// <summary>Called in each forward pass with gradient, on its lane, with the model's number.</summary>
    public Action<int>? OnStep { get; set; }

    public ICompiledModel Compile(ModelGraph graph, CompileOptions options) =>
        new Model(this, Interlocked.Increment(ref _compiled) - 1, graph, options);

    private sealed class Model(LinearEngine engine, int number, ModelGraph graph, CompileOptions options) : ICompiledModel
    {
        public TensorShape InputShape { get; } = new(graph.Input.Channels, options.Height, options.Width);

        public IReadOnlyDictionary<string, TensorShape> TargetShapes { get; } =
            ShapeInference.Infer(graph, options.Height, options.Width, options.TargetLayers);

        public int Threads => options.Threads > 0 ? options.Threads : engine.Threads;

        public string Precision => options.Precision == PrecisionMode.Fast ? "fp32+bf16" : "fp32";

        public int PreferredBatch => 1;

        public long EstimatedBytesPerImage => 4 * InputShape.ElementCount;

        public IForwardPass Forward(ReadOnlySpan<float> images, int batch, bool withGradient)
        {
            Assert.Equal(1, batch);
            if (withGradient)
            {
                engine.OnStep?.Invoke(number);
            }

            double sum = 0;
            for (var i = 0; i < images.Length; i++)
            {
                sum += images[i] * Weight(i);
            }

            return new Pass((float)sum);
        }

        public void Dispose()
        {
        }
    }

    private sealed class Pass(float sum) : IForwardPass
    {
        public int Batch => 1;

        public void CopyActivation(string layer, Span<float> destination)
        {
            for (var i = 0; i < destination.Length; i++)
            {
                destination[i] = sum * Weight(i);
            }
        }

        public void Backward(IReadOnlyDictionary<string, ReadOnlyMemory<float>> cotangents, Span<float> inputGradient)
        {
            double factor = 0;
            foreach (var cotangent in cotangents.Values)
            {
                for (var i = 0; i < cotangent.Length; i++)
                {
                    factor += cotangent.Span[i] * Weight(i);
                }
            }

            for (var i = 0; i < inputGradient.Length; i++)
            {
                inputGradient[i] = (float)factor * Weight(i);
            }
        }

        public void Dispose()
        {
        }
    }

    private static float Weight(int i) => 1.5f + MathF.Sin(i);
}
