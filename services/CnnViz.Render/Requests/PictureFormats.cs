using CnnViz.Imaging;
using CnnViz.Imaging.Codecs;
using CnnViz.Render.Telemetry;
using CnnViz.ServiceDefaults.Errors;
using CnnViz.V1;

namespace CnnViz.Render.Requests;

/// <summary>File formats of still pictures: what they need, allow and are called.</summary>
internal static class PictureFormats
{
    public static bool IsAvailable(PictureFormat format) => format switch
    {
        PictureFormat.Jpeg => JpegEncoder.IsAvailable,
        PictureFormat.Webp => WebPEncoder.IsAvailable,
        _ => true,
    };

    /// <exception cref="Grpc.Core.RpcException">FAILED_PRECONDITION when the format's library is not installed.</exception>
    public static void RequireEncoder(PictureFormat format, Func<PictureFormat, bool> isAvailable)
    {
        if (isAvailable(format))
        {
            return;
        }

        var (name, library) = format == PictureFormat.Jpeg ? ("JPEG", "libturbojpeg") : ("WebP", "libwebp");
        throw RpcErrors.FailedPrecondition(
            "FORMAT_UNAVAILABLE",
            $"{name} needs {library}, which is not installed beside this service; PNG works without it",
            ("field", "style.format"), ("library", library));
    }

    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT when the format has no pictures of this size.</exception>
    public static void RequireSize(PictureFormat format, int width, int height)
    {
        var most = format switch
        {
            PictureFormat.Jpeg => JpegEncoder.MaxSide,
            PictureFormat.Webp => WebPEncoder.MaxSide,
            _ => int.MaxValue,
        };
        if (Math.Max(width, height) > most)
        {
            throw RpcErrors.InvalidArgument(
                ("style.format", $"{format.ToString().ToUpperInvariant()} pictures have at most {most} pixels a side; this one is {width}x{height}"));
        }
    }

    /// <summary>The encoded file and its media type.</summary>
    public static (byte[] File, string MediaType) Encode(this TileStyle style, Raster picture)
    {
        RequireSize(style.Format, picture.Width, picture.Height);
        var quality = style.HasQuality ? style.Quality : JpegEncoder.DefaultQuality;
        return RenderTelemetry.Encode(picture.Width, picture.Height, () => style.Format switch
        {
            PictureFormat.Jpeg => (JpegEncoder.Encode(picture, quality), "image/jpeg"),
            PictureFormat.Webp => (WebPEncoder.Encode(picture, IsLossless(style) ? null : quality), "image/webp"),
            _ => (PngEncoder.Encode(picture), "image/png"),
        });
    }

    /// <summary>Whether a WebP file keeps every pixel.</summary>
    public static bool IsLossless(TileStyle style) => style.HasLossless ? style.Lossless : !style.HasQuality;
}
