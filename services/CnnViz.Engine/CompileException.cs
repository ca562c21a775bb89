namespace CnnViz.Engine;

/// <summary>A graph, size or target that an engine cannot run; the message names the layer, op or limit and the reason.</summary>
public sealed class CompileException : Exception
{
    public CompileException(string message)
        : base(message)
    {
    }

    public CompileException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
