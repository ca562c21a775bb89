using CnnViz.Engine.OneDnn.Native;

namespace CnnViz.Engine.OneDnn.Plan;

/// <summary>The gradients to values, summed over the nodes that take them.</summary>
internal sealed partial class PlanEmitter
{
    private GradientSlot Slot(PlanValue value)
    {
        if (!_slots.TryGetValue(value, out var slot))
        {
            slot = new GradientSlot(value.Consumers.Count + (value.IsTarget ? 1 : 0));
            _slots.Add(value, slot);
        }

        return slot;
    }

    /// <summary>Adds to a value's gradient by an op that can set or accumulate.</summary>
    private void Contribute(PlanValue value, Action<PlanBuffer, bool> write)
    {
        var slot = Slot(value);
        var accumulate = slot.Buffer is not null;
        slot.Buffer ??= NewGradient(value);
        write(slot.Buffer, accumulate);
        slot.Remaining--;
    }

    /// <summary>Adds to a value's gradient by a convolution, which sums after the fact.</summary>
    private void ContributeSum(PlanValue value, Action<PlanBuffer, List<ConvPost>> write)
    {
        var slot = Slot(value);
        List<ConvPost> posts = slot.Buffer is null ? [] : [new ConvPost(ShimPostKind.Sum)];
        slot.Buffer ??= NewGradient(value);
        write(slot.Buffer, posts);
        slot.Remaining--;
    }

    /// <summary>Adds a gradient that nobody else needs: where it is the first, its buffer becomes the value's.</summary>
    private void Give(PlanValue value, PlanBuffer g)
    {
        var slot = Slot(value);
        if (!value.Blocked)
        {
            AddPlanar(value, g);
            return;
        }

        if (slot.Buffer is null)
        {
            slot.Buffer = g;
        }
        else
        {
            Op(ShimOpKind.Add, value, slot.Buffer, g, slot.Buffer);
        }

        slot.Remaining--;
    }

    /// <summary>Adds a row-major gradient.</summary>
    private void AddPlanar(PlanValue value, PlanBuffer g)
    {
        var slot = Slot(value);
        var accumulate = slot.Buffer is not null;
        var to = slot.Buffer ??= NewGradient(value);
        var count = checked((int)value.Count);
        Plain(
            lane =>
            {
                var from = Tensor(lane, g).Values[..count];
                var sum = Tensor(lane, to).Values[..count];
                if (accumulate)
                {
                    System.Numerics.Tensors.TensorPrimitives.Add(sum, from, sum);
                }
                else
                {
                    from.CopyTo(sum);
                }
            },
            g,
            to);
        slot.Remaining--;
    }

    private PlanBuffer NewGradient(PlanValue value) => value.Producer is InputNode
        ? _pictureGradient!
        : Buffer(value, value.Blocked ? _gradientType : ShimType.Float32);

    /// <summary>What is known of the gradient to a value while it is being summed.</summary>
    /// <param name="remaining">Contributions to come.</param>
    private sealed class GradientSlot(int remaining)
    {
        /// <summary>The sum so far; null before the first contribution.</summary>
        public PlanBuffer? Buffer { get; set; }

        public int Remaining { get; set; } = remaining;
    }
}
