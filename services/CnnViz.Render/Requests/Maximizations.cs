using CnnViz.ServiceDefaults.Errors;
using CnnViz.V1;

namespace CnnViz.Render.Requests;

/// <summary>Checks what a maximization's picture asks of the run; the run's own settings are checked where it is
/// computed.</summary>
internal static class Maximizations
{
    /// <returns>What to compute.</returns>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT naming the field.</exception>
    public static MaximizeFilterRequest Check(RenderMaximizationRequest request)
    {
        var maximize = request.Maximize ?? throw RpcErrors.InvalidArgument(("maximize", "is required"));
        var fields = new FieldChecks();
        fields.RefuseIf(
            request.LabelScores && maximize.Settings is not { Score: true }, "label_scores", "needs maximize.settings.score");
        fields.RefuseIf(
            maximize.Settings is { TransparencyMask: true },
            "maximize.settings.transparency_mask",
            "is only for MaximizeFilter: the picture shows no masks");
        fields.Throw();
        return maximize;
    }
}
