using CnnViz.Inference.Responses;
using CnnViz.Models;
using CnnViz.ServiceDefaults.Errors;

namespace CnnViz.Inference.Requests;

/// <summary>Which channels of a layer's output a request wants.</summary>
internal sealed class ChannelSelection
{
    /// <summary>Most bytes that all layers of one request may take together (512 MiB).</summary>
    private const long MaxBytes = 512L * 1024 * 1024;

    private readonly TensorShape _shape;
    private readonly IReadOnlyList<int> _channels;

    private ChannelSelection(TensorShape shape, IReadOnlyList<int> channels)
    {
        _shape = shape;
        _channels = channels;
    }

    /// <summary>One selection per layer; every channel asked for must exist in every layer.</summary>
    public static IReadOnlyList<ChannelSelection> Of(
        ModelGraph graph, IReadOnlyList<string> layers, IReadOnlyList<int> channels, int height, int width)
    {
        var selections = new List<ChannelSelection>(layers.Count);
        var bytes = 0L;
        foreach (var layer in layers)
        {
            var shape = ModelRequests.Shape(graph, "layers", layer, height, width);
            bytes += shape.ElementCount * sizeof(float);
            if (bytes > MaxBytes)
            {
                throw RpcErrors.InvalidArgument(
                    ("layers", $"up to layer '{layer}' the maps take {bytes} bytes; the limit is {MaxBytes}: ask for fewer layers or a smaller size"));
            }

            foreach (var channel in channels)
            {
                if (channel < 0 || channel >= shape.Channels)
                {
                    throw RpcErrors.InvalidArgument(
                        ("channels", $"layer '{layer}' has channels 0 to {shape.Channels - 1}, not {channel}"));
                }
            }

            selections.Add(new ChannelSelection(shape, channels));
        }

        return selections;
    }

    /// <summary>The wanted channels of a computed map as a tensor.</summary>
    public WireTensor Wire(string layer, float[] map)
    {
        var letters = _shape.IsFeatureMap ? "CHW" : _shape.Rank == 1 ? "N" : new string('D', _shape.Rank);
        if (_channels.Count == 0)
        {
            return WireTensor.Float32(layer, _shape.Dims, letters, map);
        }

        var size = (int)(_shape.ElementCount / _shape.Channels);
        var chosen = new float[_channels.Count * size];
        for (var i = 0; i < _channels.Count; i++)
        {
            map.AsSpan(_channels[i] * size, size).CopyTo(chosen.AsSpan(i * size));
        }

        return WireTensor.Float32(layer, [_channels.Count, .. _shape.Dims.Skip(1)], letters, chosen);
    }
}
