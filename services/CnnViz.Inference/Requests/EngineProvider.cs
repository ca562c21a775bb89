using CnnViz.Engine;
using CnnViz.ServiceDefaults.Errors;

namespace CnnViz.Inference.Requests;

/// <summary>The engines of this host; a request picks one by name or leaves the choice to the host.</summary>
/// <param name="engines">Those known, best first on a machine without an accelerator.</param>
internal sealed class EngineProvider(IReadOnlyList<EngineEntry> engines)
{
    /// <summary>An engine, made when first asked for.</summary>
    /// <param name="name">"" or "auto" for one with an accelerator, else the first that can be had; or an engine's name.</param>
    /// <exception cref="Grpc.Core.RpcException">
    /// INVALID_ARGUMENT for an unknown name, FAILED_PRECONDITION for an engine that lacks something on this machine.
    /// </exception>
    public IEngine Pick(string name)
    {
        if (name is "" or "auto")
        {
            var usable = engines.Where(engine => engine.WhyNot is null).ToList();
            return (usable.Find(engine => engine.Accelerated) ?? usable.FirstOrDefault())?.Engine
                ?? throw Unavailable(
                    "no engine can be had", string.Join("; ", engines.Select(e => $"{e.Name}: {e.WhyNot}")), name);
        }

        var entry = engines.FirstOrDefault(engine => engine.Name == name)
            ?? throw RpcErrors.InvalidArgument(
                ("engine", $"must be auto, {string.Join(" or ", engines.Select(e => e.Name))}, not {Fields.Quote(name)}"));
        return entry.WhyNot is { } missing
            ? throw Unavailable($"engine '{name}' cannot be had here", missing, name)
            : entry.Engine;
    }

    private static Grpc.Core.RpcException Unavailable(string what, string why, string name) =>
        RpcErrors.FailedPrecondition("ENGINE_UNAVAILABLE", $"{what}: {why}", ("engine", name));
}
