namespace CnnViz.Engine.OneDnn.Plain;

/// <summary>Gauss' error function, to float32's precision and beyond.</summary>
internal static class ErrorFunction
{
    private const double SeriesLimit = 2.5;

    /// <summary>
    /// The Maclaurin series near 0, further out one minus the continued fraction of the complement (Abramowitz and Stegun, Handbook
    /// of Mathematical Functions, 1964, 7.1.5 and 7.1.14).
    /// </summary>
    public static double Erf(double x)
    {
        var magnitude = Math.Abs(x);
        if (double.IsNaN(x))
        {
            return x;
        }

        return magnitude < SeriesLimit ? Series(x) : Math.Sign(x) * (1 - Complement(magnitude));
    }

    private static double Series(double x)
    {
        var square = x * x;
        var (term, sum) = (x, x);
        for (var n = 1; n < 100 && Math.Abs(term) > 1e-17 * Math.Abs(sum); n++)
        {
            term *= -square / n;
            sum += term / ((2 * n) + 1);
        }

        return 2 / Math.Sqrt(Math.PI) * sum;
    }

    private static double Complement(double x)
    {
        var fraction = x;
        for (var n = 60; n >= 1; n--)
        {
            fraction = x + (n / 2.0 / fraction);
        }

        return Math.Exp(-x * x) / Math.Sqrt(Math.PI) / fraction;
    }
}
