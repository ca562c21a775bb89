using CnnViz.Cache.Addressing;
using CnnViz.Engine;
using CnnViz.Engine.Maximization;
using CnnViz.Inference.Cache;
using CnnViz.Inference.Requests;
using CnnViz.Models;
using CnnViz.V1;

namespace CnnViz.Inference.Runs;

/// <summary>A request understood: what is to be computed, and how.</summary>
internal sealed record RunPlan(
    MaximizeFilterRequest Request, ModelGraph Graph, IEngine Engine, MaximizationOptions Options, RunSettings Settings)
{
    /// <summary>Under which its answer is kept.</summary>
    public ContentAddress Address() => ContentAddresses.MaximizeFilter(Graph, Engine, Options, Settings);

    /// <summary>Understands a request, or refuses it before anything is computed.</summary>
    /// <exception cref="Grpc.Core.RpcException">What is wrong with the request.</exception>
    public static RunPlan Read(ModelRequests models, EngineProvider engines, MaximizeFilterRequest request)
    {
        var graph = models.Graph(request.Model, request.Spec);
        var layer = MaximizationRequests.Layer(graph, request);
        var engine = engines.Pick(request.Engine);
        var settings = MaximizationRequests.Settings(request, engine);
        return new RunPlan(request, graph, engine, MaximizationRequests.Read(graph, layer, request), settings);
    }
}
