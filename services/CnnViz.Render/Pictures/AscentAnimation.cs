using CnnViz.Imaging;
using CnnViz.Imaging.Codecs;
using CnnViz.Render.Requests;
using CnnViz.Render.Telemetry;
using CnnViz.Render.Upstream;
using CnnViz.ServiceDefaults.Errors;
using CnnViz.V1;
using Google.Protobuf;

namespace CnnViz.Render.Pictures;

/// <summary>
/// The ascent as an animation, made of the run's previews. Filters ascend in batches, one batch after the other, so previews are
/// kept, compressed as they came, until a frame can be put together from all filters at the same iteration.
/// </summary>
internal sealed class AscentAnimation
{
    /// <summary>Most pixels of all frames together.</summary>
    private const long MaxPixels = 64_000_000;

    private readonly Dictionary<(RunImage Image, int Iteration), ByteString> _previews = [];
    private readonly SortedSet<int> _iterations = [];
    private readonly MaximizationPicture _picture;
    private readonly Animation _settings;
    private readonly int _steps;
    private readonly int _interval;

    private AscentAnimation(MaximizationPicture picture, Animation settings, int steps, int interval) =>
        (_picture, _settings, _steps, _interval) = (picture, settings, steps, interval);

    /// <summary>Plans the animation; null when none is wanted.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT when its frames would be too large together.</exception>
    public static AscentAnimation? Plan(MaximizationPicture picture, RenderMaximizationRequest request, int steps)
    {
        if (request.Animation is not { } settings)
        {
            return null;
        }

        var interval = Animations.Interval(request);
        var frames = (steps - 1) / interval + 1;
        var (width, height) = picture.Size;
        if ((long)frames * width * height > MaxPixels)
        {
            throw RpcErrors.InvalidArgument(
                ("animation.every", $"{frames} frames of {width}x{height} exceed {MaxPixels} pixels in all: a larger interval, or fewer filters"));
        }

        if (settings.Format == AnimationFormat.Gif && Math.Max(width, height) > GifEncoder.MaxSide)
        {
            throw RpcErrors.InvalidArgument(("animation.format", $"GIF has at most {GifEncoder.MaxSide} pixels a side"));
        }

        return new AscentAnimation(picture, settings, steps, interval);
    }

    /// <summary>Keeps a preview that belongs to a frame; the last iteration's frame is the final picture itself.</summary>
    public void Take(MaximizationPreview preview)
    {
        if (preview.Iteration % _interval == 0 && preview.Iteration < _steps)
        {
            _previews[(new RunImage(preview.Filter, preview.Variant), preview.Iteration)] = preview.Png;
            _iterations.Add(preview.Iteration);
        }
    }

    /// <summary>The animation: the frames in order, then the final canvas, held.</summary>
    /// <param name="final">The stitched picture without a caption.</param>
    /// <param name="described">Its words.</param>
    public FinishedPicture Finish(Raster final, Drawn described)
    {
        var iterations = _iterations.ToArray();
        var count = iterations.Length + 1;
        var options = new AnimationOptions { Plays = _settings.Plays };
        options = options with
        {
            FrameDelay = _settings.HasFrameDelayMs ? TimeSpan.FromMilliseconds(_settings.FrameDelayMs) : options.FrameDelay,
            Hold = _settings.HasHoldMs ? TimeSpan.FromMilliseconds(_settings.HoldMs) : options.Hold,
        };
        var (file, mediaType) = RenderTelemetry.Encode(final.Width, final.Height, () => _settings.Format == AnimationFormat.Gif
            ? (GifEncoder.Encode(count, Frame, options), "image/gif")
            : (ApngEncoder.Encode(count, Frame, options), "image/apng"));
        var caption = $"{described.Title} — {described.Subtitle}; {count} frames, one every {_interval} iterations";
        return new FinishedPicture(file, mediaType, final.Width, final.Height, described.Columns, described.Tiles, caption);

        Raster Frame(int i) => i == iterations.Length ? final : _picture.Compose(image => Tile(image, iterations[i]));
    }

    private Raster? Tile(RunImage image, int iteration)
    {
        if (!_previews.TryGetValue((image, iteration), out var png))
        {
            return null;
        }

        var preview = PngDecoder.Decode(png.Memory);
        var (width, height) = _picture.Tile;
        if (preview.Width != width + 2 * _picture.Crop || preview.Height != height + 2 * _picture.Crop)
        {
            throw new InvalidDataException($"a preview of filter {image.Filter} is {preview.Width}x{preview.Height}");
        }

        var tile = new Raster(width, height, preview.Channels);
        for (var y = 0; y < height; y++)
        {
            preview.Row(y + _picture.Crop).Slice(_picture.Crop * preview.Channels, tile.Stride).CopyTo(tile.Row(y));
        }

        return tile;
    }
}
