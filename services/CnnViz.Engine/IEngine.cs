using CnnViz.Models;

namespace CnnViz.Engine;

/// <summary>Runs networks on one kind of device.</summary>
public interface IEngine
{
    /// <summary>"torch" or "onednn".</summary>
    string Name { get; }

    /// <summary>"cpu" or "cuda:0".</summary>
    string Device { get; }

    /// <summary>The arithmetic of <see cref="PrecisionMode.Exact"/>, "fp32" unless stated otherwise.</summary>
    string Precision { get; }

    /// <summary>Threads of one pass where <see cref="CompileOptions.Threads"/> is 0.</summary>
    int Threads { get; }

    /// <summary>
    /// Lanes: passes of one thread each that run at the same time, each at full speed, at least 1. An engine with one lane uses the
    /// whole device in every pass; one with more takes one image per lane, or one image over as many threads as it has lanes.
    /// </summary>
    int Lanes { get; }

    /// <summary>Prepares a graph for one input size and set of target layers. Only what the targets need is kept.</summary>
    /// <exception cref="CompileException">A target is unknown, needs an unsupported op, or the size does not fit the graph or memory.</exception>
    ICompiledModel Compile(ModelGraph graph, CompileOptions options);
}

/// <summary>What a compiled model must be able to do.</summary>
/// <param name="Height">Input height in pixels.</param>
/// <param name="Width">Input width in pixels.</param>
/// <param name="TargetLayers">Names of the layers whose outputs are wanted; at least one.</param>
public sealed record CompileOptions(int Height, int Width, IReadOnlyList<string> TargetLayers)
{
    /// <summary>
    /// Whether the backward pass relieves dead ReLUs, so that a filter which a picture does not excite at all still gets a
    /// direction. Activations do not change. An engine that cannot do it computes the plain gradient.
    /// </summary>
    /// <remarks>
    /// <para>
    /// For every ReLU and ReLU6 layer and every sample of the batch separately, let x be the sample's input to the layer, g the
    /// gradient that reaches the layer's output, of what is to rise, and d the plain gradient to x: g where x > 0 (ReLU6: and
    /// x &lt; 6), else 0. If d has any element other than 0, d is handed back. If all of d is 0, the layer hands back g, except 0
    /// where x &lt; 0 and g &lt; 0: there a step uphill would push x lower still (ReLU6: nor where x > 6 and g > 0, which would
    /// push x higher still). g is what the layers behind have handed back under the same rule, summed over its consumers and
    /// with the cotangent of the layer itself where it is a target.
    /// </para>
    /// <para>
    /// The rule is the one of Lucid's redirected ReLU gradients (Olah, Mordvintsev and Schubert, "Feature Visualization", Distill
    /// 2017), with the sign turned: Lucid's gradient is of a loss that falls.
    /// </para>
    /// </remarks>
    public bool ReluRelief { get; init; }

    /// <summary>
    /// Threads of one pass: 0 for the engine's own number, 1 for a pass on one lane, <see cref="IEngine.Lanes"/> for a pass over
    /// all of them. An engine with one lane always uses its own number; <see cref="ICompiledModel.Threads"/> says what runs.
    /// Results depend on it in the last bits.
    /// </summary>
    public int Threads { get; init; }

    /// <summary>
    /// How exactly to compute. An engine or processor that has no fast mode computes exactly; <see cref="ICompiledModel.Precision"/>
    /// says what runs.
    /// </summary>
    public PrecisionMode Precision { get; init; }

    /// <summary>
    /// By target layer, the cells of its feature map that are read and given cotangents; null, or a layer left out, for all cells.
    /// Outside, activations may be anything, and cotangents are 0 or ignored. An engine may compute all cells nevertheless: results
    /// inside do not depend on it.
    /// </summary>
    public IReadOnlyDictionary<string, CellRegion>? Regions { get; init; }

    /// <summary>
    /// Whether no pass with gradient will be asked for: such a pass throws <see cref="InvalidOperationException"/>. An engine then
    /// need not find room for what the way back needs.
    /// </summary>
    public bool ForwardOnly { get; init; }
}

/// <summary>How exactly a model is computed.</summary>
public enum PrecisionMode
{
    /// <summary>Float32 throughout.</summary>
    Exact,

    /// <summary>Forward in float32, backward in bfloat16 with float32 sums where the processor multiplies it natively.</summary>
    Fast,
}

/// <summary>A graph, input size and set of target layers, ready to run on one engine. Safe for concurrent use.</summary>
public interface ICompiledModel : IDisposable
{
    /// <summary>One sample's input: (channels, height, width), in the network's own channel order.</summary>
    TensorShape InputShape { get; }

    /// <summary>One sample's output shape for each target layer, by the name used in <see cref="CompileOptions"/>.</summary>
    IReadOnlyDictionary<string, TensorShape> TargetShapes { get; }

    /// <summary>Threads of one pass; with it, results are equal to the last bit.</summary>
    int Threads { get; }

    /// <summary>The arithmetic: "fp32", or "fp32+bf16" for float32 forward and bfloat16 backward.</summary>
    string Precision { get; }

    /// <summary>Images per call that this device runs best; any number from 1 works.</summary>
    int PreferredBatch { get; }

    /// <summary>
    /// Estimated bytes of device memory for a pass over one image, with gradient unless compiled for
    /// <see cref="CompileOptions.ForwardOnly"/>.
    /// </summary>
    long EstimatedBytesPerImage { get; }

    /// <summary>Runs the network up to the deepest target.</summary>
    /// <param name="images">(batch, channels, height, width), row-major, in the network's own input units and channel order.</param>
    /// <param name="batch">Number of images, at least 1.</param>
    /// <param name="withGradient">Whether <see cref="IForwardPass.Backward"/> will be called.</param>
    IForwardPass Forward(ReadOnlySpan<float> images, int batch, bool withGradient);
}

/// <summary>The activations of one forward pass, held until disposed. Not safe for concurrent use.</summary>
public interface IForwardPass : IDisposable
{
    int Batch { get; }

    /// <summary>Copies a target's activations, (batch, ...sample shape), row-major.</summary>
    void CopyActivation(string layer, Span<float> destination);

    /// <summary>
    /// The vector-Jacobian product: the gradient of the sum over targets of sum(cotangent * activation) to the input images,
    /// in one sweep. Called at most once per pass.
    /// </summary>
    /// <param name="cotangents">For each target with a loss, an array shaped like its activations.</param>
    /// <param name="inputGradient">Receives (batch, channels, height, width).</param>
    void Backward(IReadOnlyDictionary<string, ReadOnlyMemory<float>> cotangents, Span<float> inputGradient);
}
