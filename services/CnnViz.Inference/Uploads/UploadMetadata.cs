using CnnViz.Inference.Requests;
using CnnViz.Models;
using CnnViz.V1;
using Google.Protobuf.Collections;
using ChannelOrder = CnnViz.V1.ChannelOrder;

namespace CnnViz.Inference.Uploads;

/// <summary>What an upload says about its model beyond the files.</summary>
internal static class UploadMetadata
{
    private const int MaxChannels = 4;
    private const int MaxDescription = 500;
    private const int MaxLabels = 100_000;
    private const int MaxLabel = 200;

    /// <summary>The reader's options; refused fields are added to the violations.</summary>
    public static ModelReadOptions Read(ModelMetadata metadata, List<(string Field, string Description)> violations)
    {
        Length("description", metadata.Description, MaxDescription);
        Length("class_layer", metadata.ClassLayer, ModelLimits.MaxNameLength);
        if (metadata.Architecture.Length > 0 && ZooModel.All.All(model => model.Name != metadata.Architecture))
        {
            Refuse("architecture", $"{Fields.Quote(metadata.Architecture)} is no network of the zoo");
        }

        Channels("mean", metadata.Mean, value => float.IsFinite(value), "be finite");
        Channels("std", metadata.Std, value => float.IsFinite(value) && value > 0, "be above 0");
        Range("height", metadata.Height, ModelLimits.MaxInputExtent);
        Range("width", metadata.Width, ModelLimits.MaxInputExtent);
        Range("size_multiple", metadata.SizeMultiple, ModelLimits.MaxSpatialAttribute);
        if (metadata.Height == 0 != (metadata.Width == 0))
        {
            Refuse(metadata.Height == 0 ? "height" : "width", "must be given together with the other side");
        }

        if (metadata.Labels.Count > MaxLabels
            || metadata.Labels.Any(label => label.Length > MaxLabel || label.Any(char.IsControl)))
        {
            Refuse("labels", $"must be at most {MaxLabels}, each at most {MaxLabel} characters without control characters");
        }

        if (!Enum.IsDefined(metadata.Order))
        {
            Refuse("order", $"{(int)metadata.Order} is unknown");
        }

        return new ModelReadOptions
        {
            Description = metadata.Description,
            Order = Order(metadata.Order),
            Mean = metadata.Mean.Count > 0 ? [.. metadata.Mean] : null,
            Std = metadata.Std.Count > 0 ? [.. metadata.Std] : null,
            Labels = [.. metadata.Labels],
            ClassLayer = metadata.ClassLayer.Length > 0 ? metadata.ClassLayer : null,
            SizeMultiple = metadata.SizeMultiple > 0 ? metadata.SizeMultiple : null,
            DefaultSize = metadata is { Height: > 0, Width: > 0 } ? new Size2D(metadata.Height, metadata.Width) : null,
        };

        void Refuse(string field, string reason) => violations.Add(($"header.metadata.{field}", reason));

        void Length(string field, string text, int most)
        {
            if (text.Length > most || text.Any(char.IsControl))
            {
                Refuse(field, $"must have at most {most} characters and no control characters");
            }
        }

        void Range(string field, int value, int most)
        {
            if (value < 0 || value > most)
            {
                Refuse(field, $"must be from 0 to {most}, not {value}");
            }
        }

        void Channels(string field, RepeatedField<float> values, Func<float, bool> right, string must)
        {
            if (values.Count > MaxChannels || !values.All(right))
            {
                Refuse(field, $"must have at most {MaxChannels} values, and each must {must}");
            }
        }
    }

    private static CnnViz.Models.ChannelOrder? Order(ChannelOrder order) => order switch
    {
        ChannelOrder.Gray => CnnViz.Models.ChannelOrder.Gray,
        ChannelOrder.Rgb => CnnViz.Models.ChannelOrder.Rgb,
        ChannelOrder.Bgr => CnnViz.Models.ChannelOrder.Bgr,
        ChannelOrder.Rgba => CnnViz.Models.ChannelOrder.Rgba,
        _ => null,
    };
}
