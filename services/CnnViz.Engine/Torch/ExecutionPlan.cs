using CnnViz.Models;

namespace CnnViz.Engine.Torch;

/// <summary>One layer of a plan.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Inputs">Its inputs' steps.</param>
/// <param name="InputShapes">One sample's input shapes.</param>
/// <param name="Output">One sample's output shape.</param>
/// <param name="Releases">Steps whose outputs nothing needs once this one has run.</param>
/// <param name="InPlace">Whether it may overwrite its input.</param>
internal sealed record ExecutionStep(
    Layer Layer, int[] Inputs, TensorShape[] InputShapes, TensorShape Output, int[] Releases, bool InPlace);

/// <summary>The layers that the targets need, in order, with what may be freed or overwritten when. Pure data, of any device.</summary>
internal sealed class ExecutionPlan
{
    private const int BytesPerElement = 4;

    private ExecutionPlan(TensorShape input, ExecutionStep[] steps, IReadOnlyDictionary<string, int> targets)
    {
        Input = input;
        Steps = steps;
        Targets = targets;
        BytesPerImage = Estimate(steps);
    }

    public TensorShape Input { get; }

    public ExecutionStep[] Steps { get; }

    /// <summary>The step of each target, by the name it was asked for.</summary>
    public IReadOnlyDictionary<string, int> Targets { get; }

    /// <summary>
    /// Bytes of a pass over one image with gradient: autograd keeps every activation, and on the way back the gradients of one
    /// layer's input and output live at a time (twice the largest activation). Weights are not counted.
    /// </summary>
    public long BytesPerImage { get; }

    /// <exception cref="CompileException">A target is unknown or needs an unsupported op, or the size does not fit the graph.</exception>
    public static ExecutionPlan Create(ModelGraph graph, CompileOptions options)
    {
        IReadOnlyDictionary<string, TensorShape> shapes;
        IReadOnlySet<string> needed;
        try
        {
            needed = ShapeInference.Ancestors(graph, options.TargetLayers);
            shapes = ShapeInference.Infer(graph, options.Height, options.Width, options.TargetLayers);
        }
        catch (ModelFormatException e)
        {
            throw new CompileException(e.Message, e);
        }

        Layer[] layers = [.. graph.Layers.Where(layer => needed.Contains(layer.Name))];
        var indexes = layers.Select((layer, index) => (layer.Name, index)).ToDictionary(StringComparer.Ordinal);
        int[][] inputs = [.. layers.Select(layer => layer.Inputs.Select(name => indexes[graph.Find(name)!.Name]).ToArray())];
        var targets = options.TargetLayers.Distinct().ToDictionary(name => name, name => indexes[graph.Find(name)!.Name], StringComparer.Ordinal);
        var kept = targets.Values.ToHashSet();
        int[] uses = [.. Enumerable.Range(0, layers.Length).Select(step => inputs.Sum(i => i.Count(source => source == step)))];

        var lastUse = new int[layers.Length];
        for (var i = 0; i < layers.Length; i++)
        {
            foreach (var source in inputs[i])
            {
                lastUse[source] = i;
            }
        }

        var steps = layers.Select((layer, i) => new ExecutionStep(
            layer,
            inputs[i],
            [.. inputs[i].Select(source => shapes[layers[source].Name])],
            shapes[layer.Name],
            [.. inputs[i].Distinct().Where(source => lastUse[source] == i && !kept.Contains(source))],
            CanOverwrite(layer.Op) && uses[inputs[i][0]] == 1 && !kept.Contains(inputs[i][0]) && MayBeOverwritten(layers[inputs[i][0]].Op)));
        var input = new TensorShape(graph.Input.Channels, options.Height, options.Width);
        return new ExecutionPlan(input, [.. steps], targets);
    }

    /// <summary>Activations whose gradient follows from their output alone, so that autograd does not miss the overwritten input.</summary>
    private static bool CanOverwrite(LayerOp op) => op is ActivationOp
    {
        Kind: ActivationKind.Relu or ActivationKind.Relu6,
    }
    or ActivationOp { Kind: ActivationKind.LeakyRelu, Alpha: >= 0 };

    /// <summary>Ops whose gradient does not need their own output, and whose output is no view of their input.</summary>
    private static bool MayBeOverwritten(LayerOp op) =>
        op is Conv2DOp or BatchNormalizationOp or BinaryOp { Kind: not BinaryKind.Power };

    private static long Estimate(ExecutionStep[] steps)
    {
        var sum = 0L;
        var largest = 0L;
        foreach (var step in steps)
        {
            sum = checked(sum + step.Output.ElementCount);
            largest = Math.Max(largest, step.Output.ElementCount);
        }

        return checked((sum + (2 * largest)) * BytesPerElement);
    }
}
