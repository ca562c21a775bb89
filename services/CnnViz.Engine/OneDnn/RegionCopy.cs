using CnnViz.Models;

namespace CnnViz.Engine.OneDnn;

/// <summary>Copies between a whole row-major tensor and the part of it that is computed.</summary>
/// <param name="shape">The whole tensor's shape.</param>
/// <param name="region">The cells of its feature maps; other tensors are whole.</param>
internal readonly struct RegionCopy(TensorShape shape, CellRegion region)
{
    /// <summary>Whether all of the tensor is computed.</summary>
    public bool IsWhole => !shape.IsFeatureMap || region == CellRegion.Whole(shape.Height, shape.Width);

    /// <summary>Takes the part out of the whole.</summary>
    public void CopyOut(ReadOnlySpan<float> whole, Span<float> part)
    {
        if (IsWhole)
        {
            whole.CopyTo(part);
            return;
        }

        var done = 0;
        for (var channel = 0; channel < shape.Channels; channel++)
        {
            for (var row = region.Top; row < region.Bottom; row++)
            {
                whole.Slice((((channel * shape.Height) + row) * shape.Width) + region.Left, region.Width).CopyTo(part[done..]);
                done += region.Width;
            }
        }
    }

    /// <summary>Puts the part into the whole, whose other cells become 0.</summary>
    public void CopyIn(ReadOnlySpan<float> part, Span<float> whole)
    {
        if (IsWhole)
        {
            part.CopyTo(whole);
            return;
        }

        whole.Clear();
        var done = 0;
        for (var channel = 0; channel < shape.Channels; channel++)
        {
            for (var row = region.Top; row < region.Bottom; row++)
            {
                part.Slice(done, region.Width).CopyTo(
                    whole[((((channel * shape.Height) + row) * shape.Width) + region.Left)..]);
                done += region.Width;
            }
        }
    }
}
