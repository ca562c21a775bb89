using CnnViz.Models;

namespace CnnViz.Engine.Maximization;

/// <summary>
/// Views of a picture that no recipe's default transforms include: turned by 15 and by -20 degrees, at 0.75 and at 1.3 times the
/// size, shifted by a sixth of the picture down right, and up left. A picture that excites a filter only as it was drawn loses
/// much of it.
/// </summary>
public static class UnseenViews
{
    /// <summary>The six views.</summary>
    /// <param name="image">The picture's shape.</param>
    /// <param name="network">The network's input in ascent space.</param>
    public static IReadOnlyList<ITransform> Create(TensorShape image, TensorShape network)
    {
        var (x, y) = ((network.Width - 1) / 2.0, (network.Height - 1) / 2.0);
        var (right, down) = (network.Width / 6.0, network.Height / 6.0);
        AffineMap[] views =
        [
            AffineMap.TurnAndScale(-15, 1, x, y),
            AffineMap.TurnAndScale(20, 1, x, y),
            AffineMap.TurnAndScale(0, 1 / 0.75, x, y),
            AffineMap.TurnAndScale(0, 1 / 1.3, x, y),
            AffineMap.Shift(-right, -down),
            AffineMap.Shift(right, down),
        ];
        return [.. views.Select(view => new ResizeTransform(image, network, view))];
    }
}
