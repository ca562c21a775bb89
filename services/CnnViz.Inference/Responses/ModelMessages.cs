using CnnViz.Models;
using CnnViz.V1;
using ChannelOrder = CnnViz.V1.ChannelOrder;

namespace CnnViz.Inference.Responses;

/// <summary>A graph as the contract's messages.</summary>
internal static class ModelMessages
{
    public static ModelInfoResponse Info(ModelGraph graph, int height, int width)
    {
        var summary = ModelSummary.Create(graph, height, width);
        var response = new ModelInfoResponse
        {
            Name = graph.Name,
            Description = graph.Description,
            Digest = graph.Digest,
            WeightsFile = graph.WeightsFile,
            Input = Input(graph.Input),
            TotalParameters = summary.TotalParameters,
            TrainableParameters = summary.TrainableParameters,
            Summary = summary.ToText(),
            Untrained = graph.Untrained,
            ClassLayer = ClassLayers.Of(graph)?.Name ?? "",
        };
        response.Layers.AddRange(Layers(graph, summary, height, width));
        response.Labels.AddRange(graph.Labels);
        response.Outputs.AddRange(graph.Outputs);
        return response;
    }

    public static LayerInfo Layer(ModelGraph graph, ListedLayer layer, int height, int width) =>
        Layers(graph, ModelSummary.Create(graph, height, width), height, width).First(info => info.Name == layer.Name);

    private static IEnumerable<LayerInfo> Layers(ModelGraph graph, ModelSummary summary, int height, int width)
    {
        var shapes = ShapeInference.Infer(graph, height, width);
        for (var i = 0; i < graph.Listed.Count; i++)
        {
            var layer = graph.Listed[i];
            var info = new LayerInfo
            {
                Name = layer.Name,
                Index = i,
                ClassName = layer.ClassName,
                OutputShapeText = summary.Rows[i].OutputShape,
                Parameters = summary.Rows[i].Parameters,
                UnsupportedReason = layer.Output.Op is UnsupportedOp unsupported ? unsupported.Reason : "",
                Untrained = layer.Untrained,
                Preactivation = layer.Parts.Count == 0 ? "" : layer.Parts[^1].Name,
            };
            if (shapes.TryGetValue(layer.Name, out var shape))
            {
                info.OutputShape.AddRange(shape.Dims.Select(extent => (long)extent));
            }

            info.Inputs.AddRange(layer.Inputs);
            info.SourceNames.AddRange(layer.Output.SourceNames);
            foreach (var weight in layer.Weights)
            {
                var message = new WeightInfo
                {
                    Role = weight.Role,
                    Layout = WeightLayouts.Letters(weight),
                    Groups = WeightLayouts.Groups(layer, weight),
                };
                message.Shape.AddRange(weight.Shape.Select(extent => (long)extent));
                info.Weights.Add(message);
            }

            yield return info;
        }
    }

    private static InputInfo Input(InputSpec input)
    {
        var info = new InputInfo
        {
            Name = input.Name,
            Height = input.Height,
            Width = input.Width,
            Channels = input.Channels,
            SizeMultiple = input.SizeMultiple,
            FixedSize = input.FixedSize,
            Order = input.Order switch
            {
                CnnViz.Models.ChannelOrder.Gray => ChannelOrder.Gray,
                CnnViz.Models.ChannelOrder.Rgb => ChannelOrder.Rgb,
                CnnViz.Models.ChannelOrder.Bgr => ChannelOrder.Bgr,
                CnnViz.Models.ChannelOrder.Rgba => ChannelOrder.Rgba,
                _ => ChannelOrder.Unspecified,
            },
        };
        info.Mean.AddRange(input.Mean);
        info.Std.AddRange(input.Std);
        return info;
    }
}
