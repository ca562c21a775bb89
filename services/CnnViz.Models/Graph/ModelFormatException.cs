namespace CnnViz.Models;

/// <summary>A model file or graph that cannot be used; the message names the file, node or offset and the reason.</summary>
public sealed class ModelFormatException : Exception
{
    public ModelFormatException(string message)
        : base(message)
    {
    }

    public ModelFormatException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
