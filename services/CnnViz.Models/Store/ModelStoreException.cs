namespace CnnViz.Models;

/// <summary>Why a model was not taken in or not removed.</summary>
public enum ModelStoreProblem
{
    /// <summary>A model of the name is there already.</summary>
    Exists,

    /// <summary>No model has the name.</summary>
    Unknown,

    /// <summary>The model was not taken in by the product, so that it does not remove it either.</summary>
    NotOurs,

    /// <summary>The model or the root is beyond a limit.</summary>
    TooLarge,

    /// <summary>The root cannot be written.</summary>
    Unwritable,
}

/// <summary>A model was not taken in or not removed; the message says why.</summary>
/// <param name="problem">The kind of reason.</param>
/// <param name="message">In words for people.</param>
public sealed class ModelStoreException(ModelStoreProblem problem, string message) : Exception(message)
{
    public ModelStoreProblem Problem { get; } = problem;
}
