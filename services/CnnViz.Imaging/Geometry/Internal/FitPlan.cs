namespace CnnViz.Imaging.Geometry;

/// <summary>Which part of the source is scaled, to which size, and where in the result it goes.</summary>
internal readonly record struct FitPlan(SourceBox Box, int X, int Y, int Width, int Height)
{
    public bool Fills(int width, int height) => Width == width && Height == height;

    public static FitPlan Make(Raster source, int width, int height, ResizePolicy policy)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        double sourceWidth = source.Width, sourceHeight = source.Height;
        var whole = new SourceBox(0, 0, sourceWidth, sourceHeight);
        switch (policy)
        {
            case ResizePolicy.Stretch:
                return new FitPlan(whole, 0, 0, width, height);
            case ResizePolicy.CenterCrop:
                var zoom = Math.Max(width / sourceWidth, height / sourceHeight);
                var left = Math.Max(0, (sourceWidth - width / zoom) / 2);
                var top = Math.Max(0, (sourceHeight - height / zoom) / 2);
                return new FitPlan(new SourceBox(left, top, sourceWidth - left, sourceHeight - top), 0, 0, width, height);
            case ResizePolicy.Letterbox:
                var fit = Math.Min(width / sourceWidth, height / sourceHeight);
                var fitWidth = Math.Clamp((int)Math.Round(sourceWidth * fit), 1, width);
                var fitHeight = Math.Clamp((int)Math.Round(sourceHeight * fit), 1, height);
                return new FitPlan(whole, (width - fitWidth) / 2, (height - fitHeight) / 2, fitWidth, fitHeight);
            default:
                throw new ArgumentOutOfRangeException(nameof(policy), policy, "No such policy.");
        }
    }
}
