namespace CnnViz.Engine.OneDnn.Plain;

/// <summary>
/// min(max(x, 0), limit) whose way back relieves a unit that nothing passes, by the rule of <see cref="CompileOptions.ReluRelief"/>.
/// </summary>
/// <param name="limit">6 for ReLU6, infinite for ReLU.</param>
internal sealed class RelievedReluOp(float limit) : PlainOp
{
    public override bool ReadsInputs => true;

    public override void Forward(ReadOnlySpan<PlainTensor> inputs, PlainTensor output)
        => System.Numerics.Tensors.TensorPrimitives.Clamp(inputs[0].Values, 0, limit, output.Values);

    public override void Backward(
        ReadOnlySpan<PlainTensor> inputs, PlainTensor output, PlainTensor outputGradient, ReadOnlySpan<PlainTensor> inputGradients)
    {
        var x = inputs[0].Values;
        var g = outputGradient.Values;
        var result = inputGradients[0].Values;
        var passes = false;
        for (var i = 0; i < x.Length; i++)
        {
            result[i] = x[i] > 0 && x[i] < limit ? g[i] : 0;
            passes |= result[i] != 0;
        }

        if (passes)
        {
            return;
        }

        for (var i = 0; i < x.Length; i++)
        {
            result[i] = (x[i] < 0 && g[i] < 0) || (x[i] > limit && g[i] > 0) ? 0 : g[i];
        }
    }
}
