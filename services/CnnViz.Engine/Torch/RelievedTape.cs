using CnnViz.Models;
using static TorchSharp.torch;

namespace CnnViz.Engine.Torch;

/// <summary>
/// A forward pass cut into its steps, and the sweep back over them. What a relieved ReLU hands back depends on the gradient that
/// reaches it, which autograd over the whole network does not let one see; so each step is a graph of its own, whose inputs are
/// leaves. Not safe for concurrent use.
/// </summary>
internal sealed class RelievedTape : IDisposable
{
    private readonly ExecutionPlan _plan;
    private readonly Tensor[] _outputs;
    private readonly Tensor[] _leaves;

    private RelievedTape(ExecutionPlan plan, Tensor[] outputs, Tensor[] leaves) =>
        (_plan, _outputs, _leaves) = (plan, outputs, leaves);

    /// <summary>Runs the steps, with autograd's recording on.</summary>
    /// <param name="plan">The steps.</param>
    /// <param name="functions">Their functions, none of which overwrites its input.</param>
    /// <param name="input">The images.</param>
    public static RelievedTape Record(ExecutionPlan plan, LayerFunction[] functions, Tensor input)
    {
        var outputs = new Tensor[plan.Steps.Length];
        var leaves = new Tensor[plan.Steps.Length];
        for (var i = 0; i < outputs.Length; i++)
        {
            var step = plan.Steps[i];
            using var scope = NewDisposeScope();
            Tensor[] inputs = step.Layer.Op is InputOp ? [input] : [.. step.Inputs.Select(source => leaves[source])];
            outputs[i] = functions[i](inputs).MoveToOuterDisposeScope();
            leaves[i] = outputs[i].detach().MoveToOuterDisposeScope();
            leaves[i].requires_grad = true;
        }

        foreach (var tensor in outputs.Concat(leaves))
        {
            tensor.MoveToOuterDisposeScope();
        }

        return new RelievedTape(plan, outputs, leaves);
    }

    /// <summary>A step's output, (batch, ...).</summary>
    public Tensor Output(int step) => _outputs[step];

    /// <summary>The gradient to the images of sum(cotangent * output) over steps.</summary>
    /// <param name="cotangents">By steps' indexes; a step may come more than once.</param>
    public Tensor Pull(IEnumerable<(int Step, Tensor Cotangent)> cotangents)
    {
        var gradients = new Tensor?[_outputs.Length];
        foreach (var (step, cotangent) in cotangents)
        {
            Add(gradients, step, cotangent);
        }

        var last = Array.FindIndex(_plan.Steps, step => step.Layer.Op is InputOp);
        for (var i = _outputs.Length - 1; i > last; i--)
        {
            if (gradients[i] is not { } gradient)
            {
                continue;
            }

            using (NewDisposeScope())
            {
                var step = _plan.Steps[i];
                int[] sources = [.. step.Inputs.Distinct()];
                var pulled = autograd.grad([_outputs[i]], [.. sources.Select(source => _leaves[source])], [gradient]);
                for (var k = 0; k < sources.Length; k++)
                {
                    var share = RelievedRelu.Applies(step.Layer.Op)
                        ? RelievedRelu.Relieve(step.Layer.Op, _leaves[sources[k]], pulled[k], gradient)
                        : pulled[k];
                    Add(gradients, sources[k], share);
                    gradients[sources[k]]!.MoveToOuterDisposeScope();
                }
            }

            gradient.Dispose();
            gradients[i] = null;
        }

        return gradients[last] ?? _leaves[last].detach() * 0;
    }

    public void Dispose()
    {
        foreach (var tensor in _outputs.Concat(_leaves))
        {
            tensor.Dispose();
        }
    }

    private static void Add(Tensor?[] gradients, int step, Tensor more)
    {
        if (gradients[step] is { } there)
        {
            gradients[step] = there + more;
            there.Dispose();
        }
        else
        {
            gradients[step] = more.alias();
        }
    }
}
