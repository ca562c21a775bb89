using System.IO.Compression;

namespace CnnViz.Engine.Tests.Trained;

/// <summary>Fashion-MNIST's test part as Debian's package dataset-fashion-mnist installs it.</summary>
internal static class FashionMnist
{
    public const string Folder = "/usr/share/datasets/fashion-mnist";
    public const int Size = 28;
    private const int ImagesHeader = 16;
    private const int LabelsHeader = 8;

    /// <summary>10,000 pictures of 28x28 pixels, row-major, one byte per pixel.</summary>
    public static byte[] TestImages() => Values("t10k-images-idx3-ubyte.gz", ImagesHeader);

    /// <summary>Their classes, 0 to 9.</summary>
    public static byte[] TestLabels() => Values("t10k-labels-idx1-ubyte.gz", LabelsHeader);

    private static byte[] Values(string name, int header)
    {
        using var file = new GZipStream(File.OpenRead(Path.Combine(Folder, name)), CompressionMode.Decompress);
        using var values = new MemoryStream();
        file.CopyTo(values);
        return values.ToArray()[header..];
    }
}

/// <summary>A fact about Fashion-MNIST; skipped, with the reason, where that is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FashionMnistFactAttribute : FactAttribute
{
    public FashionMnistFactAttribute()
    {
        if (!Directory.Exists(FashionMnist.Folder))
        {
            Skip = $"{FashionMnist.Folder} is not there; the Debian package dataset-fashion-mnist installs it";
        }
    }
}
