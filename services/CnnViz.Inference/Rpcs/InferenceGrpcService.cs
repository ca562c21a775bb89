using CnnViz.Engine.Maximization;
using CnnViz.Engine.Scheduling;
using CnnViz.Inference.Cache;
using CnnViz.Inference.Requests;
using CnnViz.Inference.Runs;

namespace CnnViz.Inference.Rpcs;

/// <summary>
/// The wire side of InferenceService: one file per RPC. Each reads its request (Requests/), runs the models or the engine,
/// and writes its answer (Responses/).
/// </summary>
internal sealed partial class InferenceGrpcService(
    ModelRequests models,
    EngineProvider engines,
    CompiledModelCache compiledModels,
    LaneScheduler scheduler,
    InferenceCaches caches,
    RunHub runs) : V1.InferenceService.InferenceServiceBase;
