namespace CnnViz.Engine.OneDnn.Plain;

/// <summary>Values of one sample, row-major float32, in memory that lives for the call.</summary>
/// <param name="data">The first value.</param>
/// <param name="length">Number of values.</param>
internal readonly unsafe struct PlainTensor(float* data, int length)
{
    public Span<float> Values => new(data, length);
}

/// <summary>
/// A layer computed in C#, for what has no pass of its own in native code. Immutable, and safe for concurrent use. One that works
/// element by element gets its values in any order, with zeros or other finite values behind them.
/// </summary>
internal abstract class PlainOp
{
    /// <summary>Whether the way back reads the inputs' values.</summary>
    public virtual bool ReadsInputs => false;

    /// <summary>Whether the way back reads the output's values.</summary>
    public virtual bool ReadsOutput => false;

    /// <summary>Computes all of the output.</summary>
    public abstract void Forward(ReadOnlySpan<PlainTensor> inputs, PlainTensor output);

    /// <summary>Computes the vector-Jacobian products: sets all of each input's gradient.</summary>
    /// <param name="inputs">The inputs' values; of any content unless <see cref="ReadsInputs"/>.</param>
    /// <param name="output">The output's values; of any content unless <see cref="ReadsOutput"/>.</param>
    /// <param name="outputGradient">The gradient to the output.</param>
    /// <param name="inputGradients">Receives the gradient to each input.</param>
    public abstract void Backward(
        ReadOnlySpan<PlainTensor> inputs, PlainTensor output, PlainTensor outputGradient, ReadOnlySpan<PlainTensor> inputGradients);
}
