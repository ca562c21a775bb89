using System.Runtime.InteropServices;
using System.Text.Json;
using CnnViz.Tests.Shared;

namespace CnnViz.Engine.Tests.Keras;

/// <summary>
/// Small models, made once for all tests: those that TensorFlow.js made and ran, each as its own layers model, as .h5 and as
/// .keras; and those of layers that it does not have, computed by PyTorch.
/// </summary>
public sealed class LayersModels : IAsyncLifetime, IDisposable
{
    private static readonly string _tfjs = Path.Combine(RepositoryPaths.Root, "tests", "Parity", "tfjs");
    private static readonly string _keras = Path.Combine(RepositoryPaths.Root, "tests", "Parity", "keras");
    private readonly TemporaryFolder _folder = new();

    public async Task InitializeAsync()
    {
        Require(await ToolProcess.RunAsync(_tfjs, "npm", "install"));
        Require(await ToolProcess.RunAsync(_tfjs, "node", "layers-models.mjs", _folder.Path));
        string[] models = Directory.GetDirectories(_folder.Path);
        Require(await ToolProcess.RunAsync(_keras, "/usr/bin/python3", ["convert_layers_model.py", .. models]));
        Require(await ToolProcess.RunAsync(_keras, "/usr/bin/python3", "torch_models.py", _folder.Path));
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _folder.Dispose();

    /// <param name="model">A model of layers-models.mjs.</param>
    /// <param name="file">"model.json", "model.h5", "split.h5", "model.keras" or "first.keras".</param>
    public string PathOf(string model, string file) => Path.Combine(_folder.Path, model, file);

    /// <summary>The input for the reference, in the model's own axis order.</summary>
    public float[] Input(string model) => Floats(PathOf(model, "input.f32"));

    /// <summary>What TensorFlow.js has for each layer, in the model's own axis order, batch first.</summary>
    public IReadOnlyList<(string Layer, int[] Shape, float[] Values)> Outputs(string model)
    {
        using var listing = JsonDocument.Parse(File.ReadAllBytes(PathOf(model, "outputs.json")));
        return
        [
            .. listing.RootElement.EnumerateArray().Select(entry => (
                entry.GetProperty("layer").GetString()!,
                entry.GetProperty("shape").EnumerateArray().Select(extent => extent.GetInt32()).ToArray(),
                Floats(PathOf(model, entry.GetProperty("file").GetString()!)))),
        ];
    }

    private static float[] Floats(string path) => MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(path)).ToArray();

    private static void Require(ToolResult result) => Assert.True(result.ExitCode == 0, result.All);
}
