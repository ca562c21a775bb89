using CnnViz.V1;

namespace CnnViz.Render.Requests;

/// <summary>Checks the animation a request asks for, before anything is computed.</summary>
internal static class Animations
{
    private const int MaxSteps = 4096;
    private const int KerasInterval = 1;
    private const int LucidInterval = 4;

    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT naming each field out of its range.</exception>
    public static void Check(RenderMaximizationRequest request)
    {
        if (request.Animation is not { } animation)
        {
            return;
        }

        var fields = new FieldChecks();
        fields.Known("animation.format", animation.Format);
        fields.InRange("animation.every", true, animation.Every, 0, MaxSteps);
        fields.InRange("animation.frame_delay_ms", animation.HasFrameDelayMs, animation.FrameDelayMs, 20, 10_000);
        fields.InRange("animation.hold_ms", animation.HasHoldMs, animation.HoldMs, 20, 60_000);
        fields.InRange("animation.plays", true, animation.Plays, 0, ushort.MaxValue);
        fields.RefuseIf(
            request.Style is { } style
                && (style.Normalization != Normalization.Unspecified || style.ColorMap != ColorMap.Unspecified),
            "animation",
            "shows the images as the recipe does: leave style.normalization and style.color_map unset");
        fields.Throw();
    }

    /// <summary>Iterations between frames.</summary>
    public static int Interval(RenderMaximizationRequest request) =>
        request.Animation.Every > 0 ? request.Animation.Every
        : request.Maximize.Settings?.Recipe == Recipe.Keras ? KerasInterval
        : LucidInterval;

    /// <summary>The request for the inference service: previews often enough for the caller and for the frames.</summary>
    public static MaximizeFilterRequest WithPreviews(RenderMaximizationRequest request)
    {
        var asked = request.Maximize.Settings?.PreviewInterval ?? 0;
        if (request.Animation is null || asked < 0)
        {
            // A negative interval is refused there, by its name.
            return request.Maximize;
        }

        var maximize = request.Maximize.Clone();
        maximize.Settings ??= new MaximizationSettings();
        maximize.Settings.PreviewInterval = GreatestCommonDivisor(Interval(request), asked);
        return maximize;
    }

    /// <summary>Whether the caller asked for this preview; the others only make frames.</summary>
    public static bool IsForCaller(RenderMaximizationRequest request, MaximizationEvent happened) =>
        happened.Preview is not { } preview
        || (request.Maximize.Settings is { PreviewInterval: > 0 } settings && preview.Iteration % settings.PreviewInterval == 0);

    private static int GreatestCommonDivisor(int a, int b) => b == 0 ? a : GreatestCommonDivisor(b, a % b);
}
