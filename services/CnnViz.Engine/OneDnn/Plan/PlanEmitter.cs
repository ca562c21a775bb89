using CnnViz.Engine.OneDnn.Native;

namespace CnnViz.Engine.OneDnn.Plan;

/// <summary>
/// Turns nodes into a schedule: the forward steps, then, where a gradient is wanted, the steps from the targets' cotangents back
/// to the picture. This part holds what both directions share.
/// </summary>
internal sealed partial class PlanEmitter
{
    private readonly LoweredGraph _graph;
    private readonly bool _gradient;
    private readonly ShimType _gradientType;
    private readonly int _block;
    private readonly List<PlanStep> _steps = [];
    private readonly List<PlanBuffer> _pinned = [];
    private readonly Dictionary<PlanValue, PlanBuffer> _values = [];
    private readonly Dictionary<PlanValue, PlanBuffer> _masks = [];
    private readonly Dictionary<PlanNode, PlanBuffer> _winners = [];
    private readonly Dictionary<PlanNode, int> _order = [];

    private PlanEmitter(LoweredGraph graph, bool gradient, ShimType gradientType, int block)
    {
        (_graph, _gradient, _gradientType, _block) = (graph, gradient, gradientType, block);
        foreach (var node in graph.Nodes)
        {
            _order.Add(node, _order.Count);
        }
    }

    /// <param name="graph">The nodes, with their regions.</param>
    /// <param name="gradient">Whether there is a way back.</param>
    /// <param name="gradientType">What the way back computes in.</param>
    /// <param name="block">Channels side by side in the blocked layout.</param>
    public static Schedule Emit(LoweredGraph graph, bool gradient, ShimType gradientType, int block)
    {
        var emitter = new PlanEmitter(graph, gradient, gradientType, block);
        var readings = emitter.Forward();
        var forwardSteps = emitter._steps.Count;
        var picture = graph.Nodes.OfType<InputNode>().Single().Output;
        if (gradient)
        {
            emitter.Backward(picture);
        }

        return new Schedule
        {
            Steps = emitter._steps,
            ForwardSteps = forwardSteps,
            Targets = graph.Targets,
            Picture = picture,
            PictureBuffer = emitter._values[picture],
            PictureGradient = emitter._pictureGradient,
            Readings = readings,
            Cotangents = emitter._cotangents,
            ArenaBytes = ArenaLayout.Place(emitter._steps, emitter._pinned),
        };
    }

    /// <summary>A buffer's type as passes take it: masks and winners are bytes by their place.</summary>
    private static ShimType ElementType(PlanBuffer? buffer)
        => buffer is null or { Type: ShimType.Byte } ? ShimType.Float32 : buffer.Type;

    private static long SizeOf(ShimType type) => type switch
    {
        ShimType.Float32 => 4,
        ShimType.BFloat16 => 2,
        _ => 1,
    };

    private PlanBuffer Buffer(PlanValue value, ShimType type, bool pinned = false) => value.Blocked
        ? BlockedBuffer(value.Channels, value.Height, value.Width, type, pinned)
        : Keep(new PlanBuffer(checked(value.Count * 4), ShimType.Float32) { Pinned = pinned });

    private PlanBuffer BlockedBuffer(int channels, int height, int width, ShimType type, bool pinned = false)
    {
        var padded = ((long)channels + _block - 1) / _block * _block;
        return Keep(new PlanBuffer(checked(padded * height * width * SizeOf(type)), type) { Pinned = pinned });
    }

    private PlanBuffer PlanarBuffer(PlanValue value)
        => Keep(new PlanBuffer(checked(value.Count * 4), ShimType.Float32) { Pinned = true });

    private PlanBuffer Keep(PlanBuffer buffer)
    {
        if (buffer.Pinned)
        {
            _pinned.Add(buffer);
        }

        return buffer;
    }

    /// <summary>Appends a pass over (channels, height, width).</summary>
    private void Op(ShimOpKind kind, int channels, int height, int width, PlanBuffer? a, PlanBuffer? b, PlanBuffer destination, OpDetails? details = null)
    {
        details ??= new OpDetails();
        PlanBuffer[] touches = [.. new[] { a, b, destination }.OfType<PlanBuffer>()];
        _steps.Add(new NativeStep(touches, program =>
        {
            var op = new ShimOp
            {
                Kind = kind,
                Channels = channels,
                Height = height,
                Width = width,
                Act = details.Act.Kind,
                Alpha = details.Act.Alpha,
                Beta = details.Act.Beta,
                Accumulate = details.Accumulate ? 1 : 0,
                Fill = details.Fill ? 1 : 0,
                AType = ElementType(a),
                BType = ElementType(b),
                DestinationType = ElementType(destination),
                A = a?.Offset ?? -1,
                B = b?.Offset ?? -1,
                Destination = destination.Offset,
            };
            for (var i = 0; i < details.Numbers.Length; i++)
            {
                op.N[i] = details.Numbers[i];
            }

            program.Add(op, details.Table0, details.Table1);
        }));
    }

    private void Op(ShimOpKind kind, PlanValue value, PlanBuffer? a, PlanBuffer? b, PlanBuffer destination, OpDetails? details = null)
        => Op(kind, value.Channels, value.Height, value.Width, a, b, destination, details);

    /// <summary>Copies a box of one map into another.</summary>
    private void Copy(PlanBuffer from, MapPart source, PlanBuffer to, MapPart destination, int channels, int rows, int columns, OpDetails? details = null)
        => Op(ShimOpKind.Copy, source.Channels, source.Height, source.Width, from, null, to, (details ?? new OpDetails()) with
        {
            Numbers =
            [
                channels, rows, columns, source.Channel, source.Row, source.Column, destination.Channels, destination.Height,
                destination.Width, destination.Channel, destination.Row, destination.Column, 1, 1, 1, 1,
            ],
        });

    private void Plain(Action<ShimLane> run, params PlanBuffer[] touches) => _steps.Add(new PlainStep(touches, run));

    /// <summary>A map's extents, and a place in it.</summary>
    private readonly record struct MapPart(int Channels, int Height, int Width, int Channel, int Row, int Column)
    {
        public static MapPart Of(PlanValue value, int channel = 0, int row = 0, int column = 0)
            => new(value.Channels, value.Height, value.Width, channel, row, column);
    }

    private sealed record OpDetails
    {
        public FusedAct Act { get; init; }

        public bool Accumulate { get; init; }

        public bool Fill { get; init; }

        public int[] Numbers { get; init; } = [];

        public float[]? Table0 { get; init; }

        public float[]? Table1 { get; init; }
    }
}

/// <summary>What to run, in order, and where the caller's data lie.</summary>
internal sealed class Schedule
{
    public required IReadOnlyList<PlanStep> Steps { get; init; }

    /// <summary>How many of the steps are the way forward.</summary>
    public required int ForwardSteps { get; init; }

    /// <summary>The targets by the names asked for.</summary>
    public required IReadOnlyDictionary<string, PlanValue> Targets { get; init; }

    public required PlanValue Picture { get; init; }

    /// <summary>The picture's region, row-major.</summary>
    public required PlanBuffer PictureBuffer { get; init; }

    /// <summary>The gradient to it; null where there is no way back.</summary>
    public required PlanBuffer? PictureGradient { get; init; }

    /// <summary>Each target's region, in its value's layout.</summary>
    public required IReadOnlyDictionary<PlanValue, PlanBuffer> Readings { get; init; }

    /// <summary>Each target's cotangents, row-major over its region.</summary>
    public required IReadOnlyDictionary<PlanValue, PlanBuffer> Cotangents { get; init; }

    public required long ArenaBytes { get; init; }
}
