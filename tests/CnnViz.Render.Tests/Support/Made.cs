using CnnViz.Render.Pictures;
using CnnViz.Render.Requests;
using CnnViz.Render.Upstream;
using CnnViz.V1;

namespace CnnViz.Render.Tests.Support;

/// <summary>What the inference service would answer, made by hand.</summary>
internal static class Made
{
    public static ReceivedTensor Tensor(string name, string layout, float[] values, params long[] shape) =>
        new(new TensorHeader { Name = name, Layout = layout, Shape = { shape } }, values);

    public static ModelInfoResponse Model(string inputOf = "input", params string[] labels)
    {
        var model = new ModelInfoResponse { Name = "net", Input = new InputInfo { Name = "input", Channels = 3, Order = ChannelOrder.Rgb } };
        model.Layers.Add(new LayerInfo { Name = "input", ClassName = "InputLayer", OutputShape = { 3, 32, 32 } });
        model.Layers.Add(
            new LayerInfo { Name = "hidden", ClassName = "ReLU", Inputs = { "input" }, OutputShape = { 64, 28, 28 } });
        model.Layers.Add(
            new LayerInfo { Name = "layer", ClassName = "Conv2D", Inputs = { inputOf }, OutputShape = { 64, 28, 28 } });
        model.Labels.Add(labels);
        return model;
    }

    public static FinishedPicture Filters(ReceivedTensor weights, RenderFiltersRequest request, ModelInfoResponse? model = null)
    {
        model ??= Model("hidden");
        return FilterPicture.Draw(model, model.Layers[^1], [weights], request, TileStyles.Check(request.Style));
    }

    public static FinishedPicture Maps(
        ReceivedTensor map, TileStyle style, ModelInfoResponse? model = null, params int[] channels)
    {
        var info = new FeatureMapsInfo { Height = 32, Width = 32, Execution = new Execution { Model = "net" } };
        return FeatureMapPicture.Draw(model ?? Model(), info, map, channels, TileStyles.Check(style));
    }

    public static MaximizationStarted Started(int filters, int size, string recipe = "keras", int steps = 30)
    {
        var started = new MaximizationStarted
        {
            Execution = new Execution { Model = "net" },
            Layer = "layer",
            LayerShape = { filters, 12, 12 },
            Recipe = recipe,
            Height = size,
            Width = size,
            Steps = steps,
        };
        started.Filters.Add(Enumerable.Range(0, filters));
        return started;
    }

    /// <summary>A run that gave these images, (filter, variant, channel, row, column).</summary>
    /// <param name="started">How it started.</param>
    /// <param name="images">The images' values.</param>
    /// <param name="channels">Channels of an image.</param>
    /// <param name="score">Fills in a result's scores.</param>
    public static MaximizationCollector Run(
        MaximizationStarted started, float[] images, int channels = 3, Action<MaximizationResult>? score = null)
    {
        var collector = new MaximizationCollector();
        collector.Take(new MaximizationEvent { Started = started });
        var length = channels * started.Height * started.Width;
        var variants = Math.Max(1, started.Variants);
        for (var i = 0; i < started.Filters.Count * variants; i++)
        {
            var (filter, variant) = (started.Filters[i / variants], i % variants);
            var bytes = System.Runtime.InteropServices.MemoryMarshal.AsBytes(images.AsSpan(i * length, length)).ToArray();
            var header = new TensorHeader
            {
                Name = $"filter {filter}",
                Dtype = DataType.Float32,
                Layout = "CHW",
                Shape = { channels, started.Height, started.Width },
                ByteLength = (ulong)bytes.Length,
                Sha256 = Google.Protobuf.ByteString.CopyFrom(System.Security.Cryptography.SHA256.HashData(bytes)),
            };
            var result = new MaximizationResult { Filter = filter, Variant = variant, Image = header };
            score?.Invoke(result);
            collector.Take(new MaximizationEvent { Result = result });
            collector.Take(
                new MaximizationEvent { Chunk = new TensorChunk { Data = Google.Protobuf.ByteString.CopyFrom(bytes) } });
        }

        return collector;
    }
}
