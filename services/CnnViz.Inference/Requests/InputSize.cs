using CnnViz.Models;
using CnnViz.ServiceDefaults.Errors;

namespace CnnViz.Inference.Requests;

/// <summary>The input size a request asks for.</summary>
internal static class InputSize
{
    /// <summary>Largest height or width of a pass in pixels.</summary>
    public const int MaxSide = 2048;

    /// <summary>Fills in the model's default for 0 and checks the rest against the model.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT naming height or width.</exception>
    public static (int Height, int Width) Of(ModelGraph graph, int height, int width) =>
        (Side("height", height, graph.Input.Height, graph.Input), Side("width", width, graph.Input.Width, graph.Input));

    private static int Side(string field, int asked, int declared, InputSpec input)
    {
        var side = asked == 0 ? declared : Fields.InRange(field, asked, 1, MaxSide);
        if (input.FixedSize && side != declared)
        {
            throw RpcErrors.InvalidArgument((field, $"this model runs only at {declared}, not {side}"));
        }

        if (side % input.SizeMultiple != 0)
        {
            throw RpcErrors.InvalidArgument((field, $"must be a multiple of {input.SizeMultiple} for this model, not {side}"));
        }

        return side;
    }
}
