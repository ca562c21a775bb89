namespace CnnViz.Stack.Tests;

/// <summary>A model for an upload, and what the framework that wrote it makes of a picture.</summary>
/// <param name="Files">Its files, its own first.</param>
/// <param name="Options">What the client says besides, as both clients' options.</param>
/// <param name="Height">The picture's height in pixels.</param>
/// <param name="Width">The picture's width in pixels.</param>
/// <param name="Picture">A PNG file.</param>
/// <param name="Outputs">The layers' values, channels first.</param>
internal sealed record UploadedModel(
    IReadOnlyList<string> Files,
    IReadOnlyList<string> Options,
    int Height,
    int Width,
    byte[] Picture,
    IReadOnlyList<(string Layer, float[] Values)> Outputs);
