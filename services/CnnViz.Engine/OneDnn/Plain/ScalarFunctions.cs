using CnnViz.Models;

namespace CnnViz.Engine.OneDnn.Plain;

/// <summary>A function of one number and its derivative.</summary>
/// <param name="Value">The function.</param>
/// <param name="Slope">Its derivative, by its argument.</param>
internal sealed record ScalarFunction(Func<double, double> Value, Func<double, double> Slope);

/// <summary>The activations as scalar functions; <see cref="ActivationKind"/> has their formulas.</summary>
internal static class ScalarFunctions
{
    private const double GeluCubic = 0.044715;
    private static readonly double _geluScale = Math.Sqrt(2 / Math.PI);

    /// <summary>The activation; null for an unknown kind.</summary>
    public static ScalarFunction? Of(ActivationOp op)
    {
        var (a, b) = ((double)op.Alpha, (double)op.Beta);
        return op.Kind switch
        {
            ActivationKind.Linear => new(x => x, _ => 1),
            ActivationKind.Relu => new(x => Math.Max(x, 0), x => x > 0 ? 1 : 0),
            ActivationKind.Relu6 => new(x => Math.Clamp(x, 0, 6), x => x is > 0 and < 6 ? 1 : 0),
            ActivationKind.LeakyRelu => new(x => x > 0 ? x : a * x, x => x > 0 ? 1 : a),
            ActivationKind.Elu => new(x => x > 0 ? x : a * ExpM1(x), x => x > 0 ? 1 : a * Math.Exp(x)),
            ActivationKind.Selu => new(x => x > 0 ? b * x : b * a * ExpM1(x), x => x > 0 ? b : b * a * Math.Exp(x)),
            ActivationKind.Celu => new(x => x > 0 ? x : a * ExpM1(x / a), x => x > 0 ? 1 : Math.Exp(x / a)),
            ActivationKind.Sigmoid => new(Sigmoid, x => Sigmoid(x) * Sigmoid(-x)),
            ActivationKind.Tanh => new(Math.Tanh, x => 1 - Square(Math.Tanh(x))),
            ActivationKind.HardSigmoid => new(
                x => Math.Clamp((a * x) + b, 0, 1), x => (a * x) + b is > 0 and < 1 ? a : 0),
            ActivationKind.HardSwish => new(
                x => x * Math.Clamp((x / 6) + 0.5, 0, 1), x => x <= -3 ? 0 : x >= 3 ? 1 : (x / 3) + 0.5),
            ActivationKind.Silu => new(x => x * Sigmoid(x), x => Sigmoid(x) * (1 + (x * Sigmoid(-x)))),
            ActivationKind.Gelu => new(
                x => x * Normal(x), x => Normal(x) + (x * Math.Exp(-0.5 * x * x) / Math.Sqrt(2 * Math.PI))),
            ActivationKind.GeluTanh => new(x => 0.5 * x * (1 + Math.Tanh(GeluArgument(x))), GeluTanhSlope),
            ActivationKind.Softplus => new(Softplus, Sigmoid),
            ActivationKind.Softsign => new(x => x / (1 + Math.Abs(x)), x => 1 / Square(1 + Math.Abs(x))),
            ActivationKind.Mish => new(x => x * Math.Tanh(Softplus(x)), MishSlope),
            ActivationKind.ThresholdedRelu => new(x => x > a ? x : 0, x => x > a ? 1 : 0),
            ActivationKind.Exp => new(Math.Exp, Math.Exp),
            ActivationKind.Log => new(Math.Log, x => 1 / x),
            ActivationKind.Sqrt => new(Math.Sqrt, x => 0.5 / Math.Sqrt(x)),
            ActivationKind.Abs => new(Math.Abs, x => Math.Sign(x)),
            ActivationKind.Negative => new(x => -x, _ => -1),
            ActivationKind.Erf => new(ErrorFunction.Erf, x => 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x)),
            _ => null,
        };
    }

    private static double Square(double x) => x * x;

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    /// <summary>exp(x) - 1 without cancellation near 0.</summary>
    private static double ExpM1(double x) => Math.Abs(x) < 1e-5 ? x + (0.5 * x * x) : Math.Exp(x) - 1;

    private static double Softplus(double x) => Math.Max(x, 0) + Math.Log(1 + Math.Exp(-Math.Abs(x)));

    private static double Normal(double x) => 0.5 * (1 + ErrorFunction.Erf(x / Math.Sqrt(2)));

    private static double GeluArgument(double x) => _geluScale * (x + (GeluCubic * x * x * x));

    private static double GeluTanhSlope(double x)
    {
        var t = Math.Tanh(GeluArgument(x));
        return (0.5 * (1 + t)) + (0.5 * x * (1 - (t * t)) * _geluScale * (1 + (3 * GeluCubic * x * x)));
    }

    private static double MishSlope(double x)
    {
        var t = Math.Tanh(Softplus(x));
        return t + (x * (1 - (t * t)) * Sigmoid(x));
    }
}
