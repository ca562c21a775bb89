using CnnViz.Imaging;
using CnnViz.Imaging.Codecs;
using CnnViz.Imaging.Geometry;
using CnnViz.Models;
using CnnViz.ServiceDefaults.Errors;
using ResizePolicy = CnnViz.V1.ResizePolicy;

namespace CnnViz.Inference.Requests;

/// <summary>A client's picture as a network's input.</summary>
internal static class PictureInput
{
    private static readonly Rgb _letterbox = new(128, 128, 128);

    /// <summary>A request's picture file.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT where there is none.</exception>
    public static ReadOnlyMemory<byte> File(V1.Picture? picture) => picture is { Data.IsEmpty: false }
        ? picture.Data.Memory
        : throw RpcErrors.InvalidArgument(("picture.data", "must hold a PNG or JPEG file"));

    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT for a policy that there is not.</exception>
    public static void CheckResize(ResizePolicy resize) => _ = Policy(resize);

    /// <summary>Decodes, fits and normalises a picture.</summary>
    /// <returns>(channels, height, width), row-major, in the network's units and channel order.</returns>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT for a picture that is none, is broken or is over a
    /// limit.</exception>
    public static float[] Read(ReadOnlyMemory<byte> file, InputSpec input, int height, int width, ResizePolicy resize)
    {
        var policy = Policy(resize);
        Raster raster;
        try
        {
            raster = ImageDecoder.Decode(file);
        }
        catch (ImageFormatException exception)
        {
            throw RpcErrors.InvalidArgument(("picture.data", exception.Message));
        }

        var colors = input.Order is ChannelOrder.Rgb or ChannelOrder.Bgr or ChannelOrder.Rgba;
        if (!colors && input.Channels != 1)
        {
            throw RpcErrors.InvalidArgument(("picture", $"this model's {input.Channels} input channels are no picture's"));
        }

        raster = colors ? raster.ToRgb() : raster.ToGrey();
        var planes = new float[raster.Channels * height * width];
        Resizer.ResizeToFloat(raster, width, height, PixelLayout.ChannelsFirst, planes, policy, _letterbox);
        return Normalize(planes, input, height * width);
    }

    private static Imaging.Geometry.ResizePolicy Policy(ResizePolicy resize) => resize switch
    {
        ResizePolicy.Unspecified or ResizePolicy.CenterCrop => Imaging.Geometry.ResizePolicy.CenterCrop,
        ResizePolicy.Stretch => Imaging.Geometry.ResizePolicy.Stretch,
        ResizePolicy.Letterbox => Imaging.Geometry.ResizePolicy.Letterbox,
        _ => throw RpcErrors.InvalidArgument(("resize", $"{resize:D} is no resize policy")),
    };

    private static float[] Normalize(float[] planes, InputSpec input, int plane)
    {
        var network = new float[input.Channels * plane];
        for (var channel = 0; channel < input.Channels; channel++)
        {
            var target = network.AsSpan(channel * plane, plane);
            if (input.Order == ChannelOrder.Rgba && channel == 3)
            {
                target.Fill(input.ConstantChannelValue);
                continue;
            }

            var source = planes.AsSpan((input.Order == ChannelOrder.Bgr ? 2 - channel : channel) * plane, plane);
            var (mean, scale) = (input.Mean[channel], 1 / input.Std[channel]);
            for (var i = 0; i < plane; i++)
            {
                target[i] = (source[i] - mean) * scale;
            }
        }

        return network;
    }
}
