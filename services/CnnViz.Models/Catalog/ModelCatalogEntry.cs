namespace CnnViz.Models;

/// <summary>What is known of a model without reading its weights.</summary>
/// <param name="Name">Its name in requests.</param>
/// <param name="Description">One line: what it is, and its licence where known.</param>
/// <param name="MissingFile">The first of its files that is not there, relative to the model root; null when installed.</param>
/// <param name="LoadError">Why the latest attempt to load it failed; null if none failed.</param>
public sealed record ModelCatalogEntry(string Name, string Description, string? MissingFile, string? LoadError)
{
    /// <summary>Whether all its files are there.</summary>
    public bool Installed => MissingFile is null;

    /// <summary>Name of the file that the weights of a network of the zoo are from; empty where there is none.</summary>
    public string WeightsFile { get; init; } = "";

    /// <summary>Whether weights of it are initial values and no training's result.</summary>
    public bool Untrained { get; init; }
}

/// <summary>No model has the name; the message suggests the nearest ones.</summary>
public sealed class ModelNotFoundException : Exception
{
    public ModelNotFoundException(string message, IReadOnlyList<string> suggestions)
        : base(message) => Suggestions = suggestions;

    /// <summary>The nearest names there are, best first.</summary>
    public IReadOnlyList<string> Suggestions { get; }
}
