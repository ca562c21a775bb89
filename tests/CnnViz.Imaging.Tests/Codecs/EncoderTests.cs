using System.Globalization;
using System.Text;
using CnnViz.Imaging.Codecs;
using CnnViz.Imaging.Tests.Support;

namespace CnnViz.Imaging.Tests.Codecs;

/// <summary>JPEG, WebP and animations as Pillow, an independent reader, sees them.</summary>
public sealed class EncoderTests
{
    [PythonFact]
    public void Encode_Jpeg_EqualsPillowsOwnEncoder()
    {
        var pictures = new Dictionary<string, Raster>(StringComparer.Ordinal);
        using var reference = Reference.Run("frames", folder =>
        {
            foreach (var quality in new[] { 1, 50, 90, 100 })
            {
                var name = $"photo-q{quality}";
                pictures[name] = Pictures.Smooth(61 + quality, 47, 3);
                File.WriteAllBytes(Path.Combine(folder, name + ".jpg"), JpegEncoder.Encode(pictures[name], quality));
                WritePpm(Path.Combine(folder, name + ".ppm"), pictures[name]);
            }
        });
        Assert.Equal(4, reference.Cases.Count);
        foreach (var fields in reference.Cases)
            Assert.True(
                reference.Bytes(fields[0] + ".0.raw").AsSpan().SequenceEqual(reference.Bytes(fields[0] + ".pil.raw")), fields[0]);
    }

    [PythonFact]
    public void Encode_WebPLossless_KeepsEveryPixel_LossyStaysClose()
    {
        var picture = Pictures.Smooth(131, 77, 3);
        using var reference = Reference.Run("frames", folder =>
        {
            File.WriteAllBytes(Path.Combine(folder, "lossless.webp"), WebPEncoder.Encode(picture));
            File.WriteAllBytes(Path.Combine(folder, "lossy.webp"), WebPEncoder.Encode(picture, 90));
            File.WriteAllBytes(Path.Combine(folder, "rough.webp"), WebPEncoder.Encode(picture, 1));
        });
        Assert.Equal(picture.Pixels, reference.Bytes("lossless.0.raw"));
        var (fine, rough) = (Error(picture, reference.Bytes("lossy.0.raw")), Error(picture, reference.Bytes("rough.0.raw")));
        Assert.InRange(fine, 1e-9, 6);
        Assert.True(rough > fine, $"{rough} and {fine}");
    }

    [PythonFact]
    public void Encode_Apng_FramesDelaysAndPlaysAsAsked()
    {
        var frames = Enumerable.Range(0, 5).Select(i => Pictures.Noise(23, 17, 3, seed: i + 1)).ToArray();
        var options = new AnimationOptions
        {
            FrameDelay = TimeSpan.FromMilliseconds(70),
            Hold = TimeSpan.FromMilliseconds(1500),
            Plays = 3,
        };
        var file = ApngEncoder.Encode(frames.Length, i => frames[i], options);
        using var reference = Reference.Run("frames", folder => File.WriteAllBytes(Path.Combine(folder, "noise.apng"), file));
        Assert.Equal(["noise", "5", "23", "17", "3", "70,70,70,70,1500"], Assert.Single(reference.Cases));
        for (var i = 0; i < frames.Length; i++)
            Assert.Equal(frames[i].Pixels, reference.Bytes($"noise.{i}.raw"));

        // Viewers without animation, and this library, see the first frame.
        Assert.Equal(frames[0].Pixels, PngDecoder.Decode(file).Pixels);
    }

    [PythonFact]
    public void Encode_GifOfFewColours_KeepsEveryPixel()
    {
        // Colours in cells of their own, so that none is averaged with another.
        var frames = Enumerable.Range(0, 4).Select(i => FewColours(97, 61, i)).ToArray();
        var file = GifEncoder.Encode(frames.Length, i => frames[i], new AnimationOptions { Hold = TimeSpan.FromSeconds(1) });
        using var reference = Reference.Run("frames", folder => File.WriteAllBytes(Path.Combine(folder, "few.gif"), file));
        Assert.Equal(["few", "4", "97", "61", "0", "100,100,100,1000"], Assert.Single(reference.Cases));
        for (var i = 0; i < frames.Length; i++)
            Assert.True(frames[i].Pixels.AsSpan().SequenceEqual(reference.Bytes($"few.{i}.raw")), $"frame {i}");
    }

    [PythonFact]
    public void Encode_GifOfAPhotograph_StaysClose_NoiseFillsTheCodeTableManyTimes()
    {
        var (photo, noise) = (Pictures.Smooth(400, 300, 3), Pictures.Noise(300, 200, 3));
        using var reference = Reference.Run("frames", folder =>
        {
            File.WriteAllBytes(Path.Combine(folder, "photo.gif"), GifEncoder.Encode(1, _ => photo));
            File.WriteAllBytes(Path.Combine(folder, "noise.gif"), GifEncoder.Encode(1, _ => noise));
        });
        Assert.InRange(Error(photo, reference.Bytes("photo.0.raw")), 0, 9);
        Assert.InRange(Error(noise, reference.Bytes("noise.0.raw")), 0, 25);
    }

    [Fact]
    public void Encode_OutOfRange_Refused()
    {
        var picture = Pictures.Noise(4, 4, 3);
        Assert.ThrowsAny<ArgumentException>(() => JpegEncoder.Encode(picture, 0));
        Assert.ThrowsAny<ArgumentException>(() => JpegEncoder.Encode(picture, 101));
        Assert.ThrowsAny<ArgumentException>(() => WebPEncoder.Encode(picture, 0));
        Assert.ThrowsAny<ArgumentException>(() => WebPEncoder.Encode(new Raster(16_384, 1, 3)));
        Assert.ThrowsAny<ArgumentException>(() => ApngEncoder.Encode(0, _ => picture));
        Assert.ThrowsAny<ArgumentException>(() => ApngEncoder.Encode(2, i => Pictures.Noise(4 + i, 4, 3)));
        Assert.ThrowsAny<ArgumentException>(() => GifEncoder.Encode(1, _ => Pictures.Noise(4, 4, 1)));
        Assert.ThrowsAny<ArgumentException>(
            () => GifEncoder.Encode(1, _ => picture, new AnimationOptions { Hold = TimeSpan.Zero }));
        Assert.ThrowsAny<ArgumentException>(() => GifEncoder.Encode(1, _ => picture, new AnimationOptions { Plays = -1 }));
    }

    private static Raster FewColours(int width, int height, int frame)
    {
        var raster = new Raster(width, height, 3);
        for (var i = 0; i < width * height; i++)
        {
            var number = (i * 7 + i / width * 3 + frame * 50) % 200;
            (raster.Pixels[3 * i], raster.Pixels[3 * i + 1], raster.Pixels[3 * i + 2]) =
                ((byte)(number % 6 * 48), (byte)(number / 6 % 6 * 48), (byte)(number / 36 * 40));
        }

        return raster;
    }

    private static double Error(Raster picture, byte[] found)
    {
        Assert.Equal(picture.Pixels.Length, found.Length);
        return Math.Sqrt(picture.Pixels.Zip(found, (a, b) => (double)(a - b) * (a - b)).Average());
    }

    private static void WritePpm(string file, Raster picture)
    {
        var head = string.Create(CultureInfo.InvariantCulture, $"P6 {picture.Width} {picture.Height} 255\n");
        File.WriteAllBytes(file, [.. Encoding.ASCII.GetBytes(head), .. picture.Pixels]);
    }
}
