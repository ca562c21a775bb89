using System.Globalization;
using CnnViz.Models;
using CnnViz.ServiceDefaults.Errors;
using CnnViz.V1;
using ChannelOrder = CnnViz.Models.ChannelOrder;

namespace CnnViz.Inference.Requests;

/// <summary>Builds the network that a request's spec defines.</summary>
internal static class SpecReader
{
    /// <summary>Most layers of a spec.</summary>
    public const int MaxLayers = 256;

    /// <summary>Most weights of a spec: 200 MB in float32.</summary>
    public const long MaxParameters = 50_000_000;

    private const string DefaultName = "sequential";

    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT naming the field.</exception>
    public static ModelGraph Read(SequentialSpec spec)
    {
        var name = spec.Name.Length == 0 ? DefaultName : spec.Name;
        if (!ModelCatalog.IsValidName(name))
        {
            throw RpcErrors.InvalidArgument((
                "spec.name",
                $"must be at most 64 of a-z, 0-9, '.', '_' and '-', the first a letter or digit, not {Fields.Quote(name)}"));
        }

        if (spec.Layers.Count is < 1 or > MaxLayers)
        {
            throw RpcErrors.InvalidArgument(("spec.layers", $"must hold 1 to {MaxLayers} layers, not {spec.Layers.Count}"));
        }

        var builder = new KerasModelBuilder(Input(spec)) { Sequential = true };
        var names = new SpecNames(spec);
        for (var i = 0; i < spec.Layers.Count; i++)
        {
            var field = string.Create(CultureInfo.InvariantCulture, $"spec.layers[{i}]");
            Add(builder, names.Of(i, field), spec.Layers[i], field);
            if (builder.Parameters > MaxParameters)
            {
                throw RpcErrors.InvalidArgument((field, string.Create(
                    CultureInfo.InvariantCulture,
                    $"brings the network to {builder.Parameters:N0} weights; the limit is {MaxParameters:N0}")));
            }
        }

        return builder.Build(name, "defined by the request; untrained: seeded He-normal weights", spec.Seed);
    }

    private static InputSpec Input(SequentialSpec spec)
    {
        var channels = spec.Channels is 1 or 3
            ? spec.Channels
            : throw RpcErrors.InvalidArgument(("spec.channels", $"must be 1 or 3, not {spec.Channels}"));
        return new InputSpec
        {
            Name = "input_1",
            Height = Fields.InRange("spec.height", spec.Height, 1, InputSize.MaxSide),
            Width = Fields.InRange("spec.width", spec.Width, 1, InputSize.MaxSide),
            Channels = channels,
            Order = channels == 1 ? ChannelOrder.Gray : ChannelOrder.Rgb,
            Mean = [.. Enumerable.Repeat(0f, channels)],
            Std = [.. Enumerable.Repeat(255f, channels)],
        };
    }

    /// <summary>Adds a layer; what does not fit the layers before it is said of the layer as a whole.</summary>
    private static void Add(KerasModelBuilder builder, string name, SpecLayer layer, string field)
    {
        try
        {
            SpecLayers.Add(builder, name, layer, field);
        }
        catch (ModelFormatException exception)
        {
            throw RpcErrors.InvalidArgument((field, exception.Message));
        }
    }
}
