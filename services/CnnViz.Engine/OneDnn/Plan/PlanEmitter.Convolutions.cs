using CnnViz.Engine.OneDnn.Native;

namespace CnnViz.Engine.OneDnn.Plan;

/// <summary>Calls of the shim's convolutions.</summary>
internal sealed partial class PlanEmitter
{
    private void Conv(ConvCall call) => _steps.Add(new NativeStep(
        call.Touches,
        program => program.Add(call.ToShim(), call.Key, call.WeightCount, call.Write, call.Bias)));

    /// <summary>
    /// The gradient of a convolution to its input, or a transposed convolution: the call's source is the convolution's output, its
    /// destination the input.
    /// </summary>
    private void ConvBackward(ConvCall call) => _steps.Add(new NativeStep(
        call.Touches,
        program => program.AddBackward(call.Swapped().ToShim() with
        {
            Source = call.Source.Offset,
            Destination = call.Destination.Offset,
            SourceType = call.Source.Type,
            DestinationType = call.Destination.Type,
        },
        call.Key,
        call.WeightCount,
        call.Write)));

    private sealed record ConvPost(ShimPostKind Kind, PlanBuffer? Buffer = null)
    {
        public FusedAct Act { get; init; }
    }

    private sealed record ConvCall
    {
        public required PlanBuffer Source { get; init; }

        public required MapPart SourceShape { get; init; }

        public bool SourcePlanar { get; init; }

        public required PlanBuffer Destination { get; init; }

        public required MapPart DestinationShape { get; init; }

        public required ConvWindow Window { get; init; }

        public required string Key { get; init; }

        public required long WeightCount { get; init; }

        public required KernelWriter Write { get; init; }

        public float[]? Bias { get; init; }

        public List<ConvPost> Posts { get; init; } = [];

        public PlanBuffer[] Touches => [Source, Destination, .. Posts.Select(post => post.Buffer).OfType<PlanBuffer>()];

        /// <summary>With the names of a convolution's two ends exchanged.</summary>
        public ConvCall Swapped() => this with { SourceShape = DestinationShape, DestinationShape = SourceShape };

        public ShimConv ToShim()
        {
            var conv = new ShimConv
            {
                Groups = Window.Groups,
                InChannels = SourceShape.Channels,
                OutChannels = DestinationShape.Channels,
                InHeight = SourceShape.Height,
                InWidth = SourceShape.Width,
                OutHeight = DestinationShape.Height,
                OutWidth = DestinationShape.Width,
                KernelHeight = Window.Kernel.Height,
                KernelWidth = Window.Kernel.Width,
                StrideHeight = Window.Stride.Height,
                StrideWidth = Window.Stride.Width,
                DilationHeight = Window.Dilation.Height,
                DilationWidth = Window.Dilation.Width,
                PadTop = Window.Padding.Top,
                PadBottom = Window.Padding.Bottom,
                PadLeft = Window.Padding.Left,
                PadRight = Window.Padding.Right,
                SourcePlanar = SourcePlanar ? 1 : 0,
                SourceType = Source.Type,
                DestinationType = Destination.Type,
                Winograd = Window.SuitsWinograd ? 1 : 0,
                PostCount = Posts.Count,
                Source = Source.Offset,
                Destination = Destination.Offset,
            };
            for (var i = 0; i < Posts.Count; i++)
            {
                conv.Posts[i] = new ShimPost
                {
                    Kind = Posts[i].Kind,
                    Act = Posts[i].Act.Kind,
                    Alpha = Posts[i].Act.Alpha,
                    Beta = Posts[i].Act.Beta,
                    Buffer = Posts[i].Buffer?.Offset ?? -1,
                };
            }

            return conv;
        }
    }
}
