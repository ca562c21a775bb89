namespace CnnViz.Engine.Maximization;

/// <summary>
/// An affine map of the plane: x' = Xx x + Xy y + X0, y' = Yx x + Yy y + Y0. Coordinates are in pixels with pixel (i, j)'s centre
/// at x = j, y = i.
/// </summary>
public readonly record struct AffineMap(double Xx, double Xy, double X0, double Yx, double Yy, double Y0)
{
    /// <summary>A turn by an angle in degrees and a magnification about a point, which stays where it is.</summary>
    public static AffineMap TurnAndScale(double degrees, double scale, double centreX, double centreY)
    {
        var (sine, cosine) = Math.SinCos(degrees * Math.PI / 180);
        var (c, s) = (cosine * scale, sine * scale);
        return new AffineMap(c, -s, centreX - (c * centreX) + (s * centreY), s, c, centreY - (s * centreX) - (c * centreY));
    }

    public static AffineMap Shift(double x, double y) => new(1, 0, x, 0, 1, y);

    /// <summary>This map first, then <paramref name="next"/>.</summary>
    public AffineMap Then(AffineMap next) => new(
        (next.Xx * Xx) + (next.Xy * Yx),
        (next.Xx * Xy) + (next.Xy * Yy),
        (next.Xx * X0) + (next.Xy * Y0) + next.X0,
        (next.Yx * Xx) + (next.Yy * Yx),
        (next.Yx * Xy) + (next.Yy * Yy),
        (next.Yx * X0) + (next.Yy * Y0) + next.Y0);
}
