using System.Runtime.CompilerServices;
using CnnViz.Cache.Addressing;
using CnnViz.Engine;
using CnnViz.Engine.Maximization;
using CnnViz.Imaging;
using CnnViz.Models;
using CnnViz.V1;

namespace CnnViz.Inference.Cache;

/// <summary>
/// The addresses of answers: of the request as the service understood it, with every default filled in, and of everything else
/// that an answer depends on.
/// </summary>
internal static class ContentAddresses
{
    // Raise it when answers change though no code of this product did.
    private const int AlgorithmVersion = 1;

    private static readonly Lazy<ContentAddress> _build = new(() => BuildIdentity.Of(
        typeof(ContentAddresses).Assembly, typeof(IEngine).Assembly, typeof(ModelGraph).Assembly, typeof(Raster).Assembly));

    // Graphs are immutable and few; their layers are many.
    private static readonly ConditionalWeakTable<ModelGraph, object> _networks = [];

    /// <param name="graph">The network.</param>
    /// <param name="engine">What is to run.</param>
    /// <param name="options">Input size, layers in the order of the answer, threads and precision.</param>
    /// <param name="channels">Channels in the order of the answer; empty for all.</param>
    /// <param name="resize">How the picture is fitted; unspecified counts as the default.</param>
    /// <param name="pictureSha256">Of the picture file, 32 bytes.</param>
    public static ContentAddress FeatureMaps(
        ModelGraph graph,
        IEngine engine,
        CompileOptions options,
        IReadOnlyList<int> channels,
        ResizePolicy resize,
        byte[] pictureSha256) => Of(
            "FeatureMaps",
            graph,
            Engine(engine),
            options,
            channels,
            resize == ResizePolicy.Unspecified ? ResizePolicy.CenterCrop : resize,
            pictureSha256);

    /// <param name="graph">The network.</param>
    /// <param name="engine">What is to run.</param>
    /// <param name="options">What is maximised and how.</param>
    /// <param name="settings">Precision, and threads as they were asked for.</param>
    public static ContentAddress MaximizeFilter(
        ModelGraph graph, IEngine engine, MaximizationOptions options, RunSettings settings) =>
        Of("MaximizeFilter", graph, Engine(engine), options, settings.Precision, settings.Threads);

    /// <param name="graph">The network.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="weights">The tensors asked for, in the order of the answer.</param>
    /// <param name="request">Whose statistics and omit_values count.</param>
    public static ContentAddress FilterWeights(
        ModelGraph graph, ListedLayer layer, IReadOnlyList<LayerWeight> weights, FilterWeightsRequest request) =>
        Of("FilterWeights", graph, layer.Name, weights, request.Statistics, request.OmitValues);

    private static ContentAddress Of(string call, ModelGraph graph, params IReadOnlyList<object?> rest) =>
        CanonicalHash.Of([call, AlgorithmVersion, _build.Value, Network(graph), .. rest]);

    private static object?[] Engine(IEngine engine) =>
        [engine.Name, engine.Device, engine.Precision, engine.Threads, engine.Lanes];

    /// <summary>Weights and topology: neither says what the other is.</summary>
    private static ContentAddress Network(ModelGraph graph) => (ContentAddress)_networks.GetValue(graph, static network =>
        CanonicalHash.Of(
            network.Name,
            network.Digest,
            network.WeightsFile,
            network.Input,
            network.Layers,
            network.Outputs,
            network.Labels,
            network.DeclaredClassLayer));
}
