using CnnViz.Engine.OneDnn.Native;
using CnnViz.Engine.OneDnn.Plain;
using CnnViz.Models;

namespace CnnViz.Engine.OneDnn.Plan;

/// <summary>An element-wise function of the shim's with its parameters; a node applies the first kinds to its result.</summary>
internal readonly record struct FusedAct(ShimAct Kind, float Alpha, float Beta)
{
    public static FusedAct None => default;

    public bool IsNone => Kind == ShimAct.None;

    /// <summary>Whether its derivative is 0 or 1, and so a mask.</summary>
    public bool HasMask => Kind == ShimAct.Clip || (Kind == ShimAct.Relu && Alpha == 0);
}

/// <summary>A step of a network after fusion, before it is laid out in memory. It makes one value from others.</summary>
internal abstract class PlanNode
{
    protected PlanNode(string name, PlanValue output, params ReadOnlySpan<PlanValue> inputs)
    {
        Name = name;
        Output = output;
        output.Producer = this;
        foreach (var input in inputs)
        {
            Take(input);
        }
    }

    /// <summary>The layer that it stands for; where several are fused, the first.</summary>
    public string Name { get; }

    public PlanValue Output { get; }

    public List<PlanValue> Inputs { get; } = [];

    /// <summary>The cells of an input that the output's region needs.</summary>
    public abstract CellRegion Needs(int input, CellRegion output);

    /// <summary>The cells that are computed where some are wanted.</summary>
    public virtual CellRegion Computes(CellRegion wanted) => wanted;

    public void Take(PlanValue input)
    {
        Inputs.Add(input);
        input.Consumers.Add(this);
    }

    /// <summary>Takes another value in place of an input.</summary>
    public void Replace(int input, PlanValue value)
    {
        Inputs[input].Consumers.Remove(this);
        Inputs[input] = value;
        value.Consumers.Add(this);
    }

    protected CellRegion Whole(int input) => CellRegion.Whole(Inputs[input].Shape.Height, Inputs[input].Shape.Width);
}

/// <summary>The picture, row-major.</summary>
internal sealed class InputNode(string name, PlanValue output) : PlanNode(name, output)
{
    public override CellRegion Needs(int input, CellRegion output) => throw new InvalidOperationException();
}

/// <summary>
/// A convolution with bias, to whose result a residual may be added and then a function applied. Inputs: the map, and the residual.
/// </summary>
internal sealed class ConvNode(string name, PlanValue output, PlanValue input, ConvWindow window, ConvKernel kernel)
    : PlanNode(name, output, input)
{
    public ConvWindow Window { get; } = window;

    public ConvKernel Kernel { get; set; } = kernel;

    public FusedAct Act { get; set; }

    public bool HasResidual => Inputs.Count == 2;

    public override CellRegion Needs(int input, CellRegion output) => input == 1
        ? output
        : Window.Needs(output, Inputs[0].Shape);
}

/// <summary>A transposed convolution with bias.</summary>
internal sealed class TransposedConvNode(string name, PlanValue output, PlanValue input, ConvWindow window, ConvKernel kernel)
    : PlanNode(name, output, input)
{
    /// <summary>The window of the convolution whose gradient it is, from this output to this input.</summary>
    public ConvWindow Window { get; } = window;

    public ConvKernel Kernel { get; } = kernel;

    public override CellRegion Computes(CellRegion wanted) => CellRegion.Whole(Output.Shape.Height, Output.Shape.Width);

    public override CellRegion Needs(int input, CellRegion output) => Whole(input);
}

/// <summary>act(scale x + shift) per channel; null is 1 and 0.</summary>
internal sealed class AffineNode(string name, PlanValue output, PlanValue input, float[]? scale, float[]? shift)
    : PlanNode(name, output, input)
{
    public float[]? Scale { get; } = scale;

    public float[]? Shift { get; } = shift;

    public FusedAct Act { get; set; }

    public override CellRegion Needs(int input, CellRegion output) => output;
}

/// <summary>An element-wise function with a slope of its own, which no other node's pass applies.</summary>
internal sealed class FunctionNode(string name, PlanValue output, PlanValue input, FusedAct function) : PlanNode(name, output, input)
{
    public FusedAct Function { get; } = function;

    public override CellRegion Needs(int input, CellRegion output) => output;
}

/// <summary>Max or average pooling.</summary>
/// <param name="name">The layer's name.</param>
/// <param name="output">Its output.</param>
/// <param name="input">Its input.</param>
/// <param name="op">The windows.</param>
/// <param name="zeros">A zero padding around the map whose zeros take part in the maximum; then the op has none of its own.</param>
internal sealed class PoolNode(string name, PlanValue output, PlanValue input, Pool2DOp op, Padding2D zeros)
    : PlanNode(name, output, input)
{
    public Pool2DOp Op { get; } = op;

    public Padding2D Zeros { get; } = zeros;

    /// <summary>The windows, with the zero padding as padding.</summary>
    public ConvWindow Window { get; } = new(
        op.Window, op.Stride, op.Dilation ?? Size2D.One, zeros.IsNone ? op.Padding : zeros, 1);

    public override CellRegion Needs(int input, CellRegion output) => Window.Needs(output, Inputs[0].Shape);
}

/// <summary>The mean of each channel.</summary>
internal sealed class GlobalAverageNode(string name, PlanValue output, PlanValue input) : PlanNode(name, output, input)
{
    public override CellRegion Needs(int input, CellRegion output) => Whole(input);
}

/// <summary>A separable linear resize.</summary>
internal sealed class ResizeNode(string name, PlanValue output, PlanValue input, ResizeTaps rows, ResizeTaps columns)
    : PlanNode(name, output, input)
{
    public ResizeTaps Rows { get; } = rows;

    public ResizeTaps Columns { get; } = columns;

    public override CellRegion Needs(int input, CellRegion output)
    {
        var (top, bottom) = Rows.Span(output.Top, output.Bottom);
        var (left, right) = Columns.Span(output.Left, output.Right);
        return new CellRegion(top, bottom, left, right);
    }
}

/// <summary>Maps behind each other along the channels.</summary>
internal sealed class ConcatNode(string name, PlanValue output, params ReadOnlySpan<PlanValue> inputs)
    : PlanNode(name, output, inputs)
{
    public override CellRegion Needs(int input, CellRegion output) => output;
}

/// <summary>Some channels of a map.</summary>
internal sealed class ChannelSliceNode(string name, PlanValue output, PlanValue input, int start) : PlanNode(name, output, input)
{
    public int Start { get; } = start;

    public override CellRegion Needs(int input, CellRegion output) => output;
}

/// <summary>A constant around a map.</summary>
internal sealed class PadNode(string name, PlanValue output, PlanValue input, Padding2D padding, float value)
    : PlanNode(name, output, input)
{
    public Padding2D Padding { get; } = padding;

    public float Value { get; } = value;

    public override CellRegion Needs(int input, CellRegion output)
    {
        var shape = Inputs[0].Shape;
        var (top, bottom) = Clip(output.Top - Padding.Top, output.Bottom - Padding.Top, shape.Height);
        var (left, right) = Clip(output.Left - Padding.Left, output.Right - Padding.Left, shape.Width);
        return new CellRegion(top, bottom, left, right);
    }

    // A region that lies in the padding alone still takes one cell, since no buffer is empty.
    private static (int First, int End) Clip(int first, int end, int extent)
    {
        first = Math.Clamp(first, 0, extent - 1);
        return (first, Math.Clamp(end, first + 1, extent));
    }
}

/// <summary>Sum, difference or product of two maps, cell by cell.</summary>
internal sealed class BinaryNode(string name, PlanValue output, PlanValue left, PlanValue right, ShimOpKind kind)
    : PlanNode(name, output, left, right)
{
    public ShimOpKind Kind { get; } = kind;

    public override CellRegion Needs(int input, CellRegion output) => output;
}

/// <summary>A map times one factor per channel; inputs: the map, the factors.</summary>
internal sealed class ScaleChannelsNode(string name, PlanValue output, PlanValue map, PlanValue factors)
    : PlanNode(name, output, map, factors)
{
    public override CellRegion Needs(int input, CellRegion output) => input == 0 ? output : Whole(input);
}

/// <summary>The part of a map that one of its consumers needs.</summary>
internal sealed class CropNode(string name, PlanValue output, PlanValue input) : PlanNode(name, output, input)
{
    public override CellRegion Needs(int input, CellRegion output) => output;
}

/// <summary>From row-major to channel blocks, or back.</summary>
internal sealed class LayoutNode(string name, PlanValue output, PlanValue input) : PlanNode(name, output, input)
{
    public override CellRegion Computes(CellRegion wanted) => CellRegion.Whole(Output.Shape.Height, Output.Shape.Width);

    public override CellRegion Needs(int input, CellRegion output) => Whole(input);
}

/// <summary>A layer that C# computes: on row-major values, or element by element on any layout.</summary>
internal sealed class PlainNode(string name, PlanValue output, PlainOp op, params ReadOnlySpan<PlanValue> inputs)
    : PlanNode(name, output, inputs)
{
    public PlainOp Op { get; } = op;

    public override CellRegion Needs(int input, CellRegion output) => Output.Blocked ? output : Whole(input);
}
