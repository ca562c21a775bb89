using CnnViz.Engine;
using CnnViz.ServiceDefaults.Errors;

namespace CnnViz.Inference.Requests;

/// <summary>The engines of this host, best first; a request picks one by name or leaves the choice to the host.</summary>
internal sealed class EngineProvider(IReadOnlyList<IEngine> engines)
{
    /// <param name="name">"" or "auto" for the best there is, or an engine's name.</param>
    public IEngine Pick(string name)
    {
        if (name is "" or "auto")
        {
            return engines[0];
        }

        return engines.FirstOrDefault(engine => engine.Name == name)
            ?? throw RpcErrors.InvalidArgument(
                ("engine", $"must be auto, {string.Join(" or ", engines.Select(e => e.Name))}, not {Fields.Quote(name)}"));
    }
}
