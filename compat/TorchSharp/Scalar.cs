namespace TorchSharp;

/// <summary>A number as an operator's argument. Numbers convert to it by themselves.</summary>
public sealed class Scalar : IDisposable
{
    private Scalar(double value) => Value = value;

    internal double Value { get; }

    public static implicit operator Scalar(float value) => new(value);

    public static implicit operator Scalar(double value) => new(value);

    public static implicit operator Scalar(int value) => new(value);

    /// <summary>Does nothing: unlike the real one, this scalar holds no native memory.</summary>
    public void Dispose()
    {
    }
}
