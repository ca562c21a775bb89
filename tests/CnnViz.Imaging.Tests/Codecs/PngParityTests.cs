using System.IO.Compression;
using CnnViz.Imaging.Codecs;
using CnnViz.Imaging.Tests.Support;

namespace CnnViz.Imaging.Tests.Codecs;

public sealed class PngParityTests
{
    /// <summary>All 15 combinations of colour type and depth, plain and interlaced, with and without tRNS, all filters.</summary>
    [PythonFact]
    public void Decode_EveryKindOfPng_EqualsReference()
    {
        using var reference = Reference.Run("pngs");
        Assert.Equal(208, reference.Cases.Count);
        foreach (var fields in reference.Cases)
        {
            var raster = ImageDecoder.Decode(reference.Bytes(fields[0] + ".png"));
            Assert.Equal(
                (fields[0], fields[1], fields[2], fields[3]),
                (fields[0], $"{raster.Width}", $"{raster.Height}", $"{raster.Channels}"));
            Assert.True(reference.Bytes(fields[0] + ".raw").AsSpan().SequenceEqual(raster.Pixels), fields[0]);
        }
    }

    [PythonFact]
    public void Encode_AllChannelsSizesAndLevels_PillowReadsSamePixelsAndText()
    {
        var rasters = new Dictionary<string, Raster>();
        using var reference = Reference.Run("decode", folder =>
        {
            foreach (var channels in new[] { 1, 3, 4 })
            {
                foreach (var (width, height) in new[] { (1, 1), (3, 300), (700, 5), (211, 97) })
                {
                    foreach (var level in new[] { CompressionLevel.Fastest, CompressionLevel.Optimal, CompressionLevel.NoCompression })
                    {
                        var raster = width == 211
                            ? Pictures.Smooth(width, height, channels)
                            : Pictures.Noise(width, height, channels);
                        var name = $"{channels}-{width}x{height}-{level}";
                        var options = new PngOptions
                        {
                            Compression = level,
                            Text = [new("Title", "café"), new("Description", "3×3 → Δ")],
                        };
                        rasters.Add(name, raster);
                        File.WriteAllBytes(Path.Combine(folder, name + ".png"), PngEncoder.Encode(raster, options));
                    }
                }
            }
        });
        Assert.Equal(36, reference.Cases.Count);
        foreach (var fields in reference.Cases)
        {
            var raster = rasters[fields[0]];
            Assert.Equal(
                [$"{raster.Width}", $"{raster.Height}", $"{raster.Channels}", "Title=café", "Description=3×3 → Δ"], fields[1..]);
            Assert.True(reference.Bytes(fields[0] + ".raw").AsSpan().SequenceEqual(raster.Pixels), fields[0]);
        }
    }
}
