using System.Numerics.Tensors;
using CnnViz.Models;

namespace CnnViz.Engine.Maximization;

/// <summary>
/// The affine map from ascent space to a network's input, and its adjoint. Ascent space is [-1, 1] per channel, red, green, blue
/// (or one grey channel, or the network's own channels where their meaning is unknown); -1 is black and 1 is white. A value v is
/// the pixel p = (v + 1) * 127.5 of 0..255, which enters the network as (p - mean) / std in the network's channel order. Recipes
/// state noise and step sizes in ascent space, so that they mean the same for every network.
/// </summary>
public sealed class InputMapping
{
    private const float HalfRange = 127.5f;

    private readonly int[] _source;
    private readonly float[] _scale;
    private readonly float[] _offset;

    /// <param name="input">The network's picture input.</param>
    /// <exception cref="ArgumentException">Means, deviations and channels do not fit together.</exception>
    public InputMapping(InputSpec input)
    {
        NetworkChannels = input.Channels;
        var expected = input.Order switch
        {
            ChannelOrder.Gray => 1,
            ChannelOrder.Rgb or ChannelOrder.Bgr => 3,
            ChannelOrder.Rgba => 4,
            _ => input.Channels,
        };
        var coloured = input.Order == ChannelOrder.Rgba ? 3 : expected;
        if (input.Channels != expected || input.Mean.Count < coloured || input.Std.Count < coloured)
        {
            throw new ArgumentException(
                $"input '{input.Name}' has {input.Channels} channels in order {input.Order}, {input.Mean.Count} means and "
                + $"{input.Std.Count} deviations; {expected} channels with at least {coloured} of each were expected",
                nameof(input));
        }

        Channels = coloured;
        _source = new int[NetworkChannels];
        _scale = new float[NetworkChannels];
        _offset = new float[NetworkChannels];
        for (var c = 0; c < NetworkChannels; c++)
        {
            if (c >= coloured)
            {
                (_source[c], _scale[c], _offset[c]) = (-1, 0, input.ConstantChannelValue);
                continue;
            }

            _source[c] = input.Order == ChannelOrder.Bgr ? 2 - c : c;
            _scale[c] = HalfRange / input.Std[c];
            _offset[c] = (HalfRange - input.Mean[c]) / input.Std[c];
        }
    }

    /// <summary>Channels of ascent space; a constant channel is not one of them.</summary>
    public int Channels { get; }

    /// <summary>Channels of the network's input.</summary>
    public int NetworkChannels { get; }

    /// <summary>Maps one picture to one network input.</summary>
    /// <param name="image">(<see cref="Channels"/>, plane) in ascent space.</param>
    /// <param name="network">Receives (<see cref="NetworkChannels"/>, plane).</param>
    public void Forward(ReadOnlySpan<float> image, Span<float> network)
    {
        var plane = image.Length / Channels;
        for (var c = 0; c < NetworkChannels; c++)
        {
            var target = network.Slice(c * plane, plane);
            if (_source[c] < 0)
            {
                target.Fill(_offset[c]);
                continue;
            }

            TensorPrimitives.Multiply(image.Slice(_source[c] * plane, plane), _scale[c], target);
            TensorPrimitives.Add(target, _offset[c], target);
        }
    }

    /// <summary>Maps a gradient to the network's input to the gradient to the picture.</summary>
    /// <param name="networkGradient">(<see cref="NetworkChannels"/>, plane).</param>
    /// <param name="imageGradient">Receives (<see cref="Channels"/>, plane).</param>
    public void Adjoint(ReadOnlySpan<float> networkGradient, Span<float> imageGradient)
    {
        var plane = imageGradient.Length / Channels;
        for (var c = 0; c < NetworkChannels; c++)
        {
            if (_source[c] >= 0)
            {
                TensorPrimitives.Multiply(
                    networkGradient.Slice(c * plane, plane), _scale[c], imageGradient.Slice(_source[c] * plane, plane));
            }
        }
    }
}
