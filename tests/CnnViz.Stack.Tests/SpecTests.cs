using System.Globalization;
using CnnViz.Tests.Shared;
using CnnViz.V1;
using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;
using RpcStatus = Google.Rpc.Status;

namespace CnnViz.Stack.Tests;

/// <summary>Networks that the request defines, and what is said of untrained ones.</summary>
[Collection(StackCollection.Name)]
public sealed class SpecTests(StackFixture stack)
{
    /// <summary>The tutorial's network over the smiley: 4 filters of 5x5, then 6 of 3x3.</summary>
    private static SequentialSpec Smiley() => new()
    {
        Height = 25,
        Width = 25,
        Channels = 1,
        Seed = 7,
        Layers = { Conv(4, 5), Conv(6, 3) },
    };

    [Fact]
    public async Task ModelInfo_Spec_ShowsTheTutorialsShapes()
    {
        var info = await stack.Inference.ModelInfoAsync(new ModelInfoRequest { Spec = Smiley() });
        Assert.Equal(["input_1", "conv2d_1", "conv2d_2"], info.Layers.Select(layer => layer.Name));
        string[] shapes = ["(None, 25, 25, 1)", "(None, 25, 25, 4)", "(None, 25, 25, 6)"];
        Assert.Equal(shapes, info.Layers.Select(layer => layer.OutputShapeText));
        Assert.Equal(["InputLayer", "Conv2D", "Conv2D"], info.Layers.Select(layer => layer.ClassName));
        Assert.Equal([0L, 104, 222], info.Layers.Select(layer => layer.Parameters));
        Assert.Equal([false, true, true], info.Layers.Select(layer => layer.Untrained));
        Assert.Equal("conv2d_1/preactivation", info.Layers[1].Preactivation);
        Assert.True(info.Untrained);
        Assert.Equal("sequential", info.Name);
        Assert.StartsWith("Model: \"sequential\"\n", info.Summary, StringComparison.Ordinal);
        const string row = "conv2d_2 (Conv2D)            (None, 25, 25, 6)         222       \n";
        Assert.Contains(row, info.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FeatureMaps_Spec_GivesSixMapsThatFollowFromTheWeights()
    {
        var picture = ByteString.CopyFrom(Pngs.Grey(SmileyRows()));
        var request = new FeatureMapsRequest
        {
            Spec = Smiley(),
            Layers = { "conv2d_1", "conv2d_2", "conv2d_1/preactivation" },
            Picture = new Picture { Data = picture },
        };
        var maps = await stack.Inference.MapsAsync(request);
        Assert.Equal([4L, 25, 25], maps[0].Header.Shape);
        Assert.Equal([6L, 25, 25], maps[1].Header.Shape);

        // The maps named after the layer are behind its ReLU.
        Assert.Contains(maps[2].Values, value => value < 0);
        Assert.Equal(maps[2].Values.Select(value => Math.Max(value, 0)), maps[0].Values);

        // One cell by hand: the middle of the first map from the kernel and the picture.
        var kernel = (await stack.Inference.WeightsAsync(new FilterWeightsRequest { Spec = Smiley(), Layer = "conv2d_1" }))[0];
        Assert.Equal([5L, 5, 1, 4], kernel.Header.Shape);
        var rows = SmileyRows();
        var expected = 0.0;
        for (var y = 0; y < 5; y++)
        {
            for (var x = 0; x < 5; x++)
            {
                expected += kernel.Values[((y * 5) + x) * 4] * (rows[10 + y][10 + x] / 255.0);
            }
        }

        Assert.Equal(expected, maps[2].Values[(12 * 25) + 12], 1e-5);
        Assert.Equal(maps[1].Values, (await stack.Inference.MapsAsync(request))[1].Values);
    }

    [Fact]
    public async Task MaximizeFilter_Spec_RunsAndSaysUntrained()
    {
        var (events, images) = await stack.Inference.MaximizeAsync(new MaximizeFilterRequest
        {
            Spec = Smiley(),
            Layer = "2",
            Filters = { 0, 5 },
            Settings = new MaximizationSettings { Recipe = Recipe.Keras, Height = 32, Width = 32, Steps = 2 },
        });
        Assert.Equal("conv2d_2", events[0].Started.Layer);
        Assert.True(events[0].Started.Execution.Untrained);
        Assert.Equal(2 - events[^1].Completed.ZeroGradientFilters.Count, images.Count);
    }

    [Fact]
    public async Task RenderFilters_InitialWeights_AreCaptionedAsUntrained()
    {
        Assert.Contains(
            "sequential (untrained) · conv2d_1",
            await CaptionAsync(new RenderFiltersRequest { Spec = Smiley(), Layer = "conv2d_1" }),
            StringComparison.Ordinal);
        var trained = await CaptionAsync(new RenderFiltersRequest { Model = "autoencoder-first-layers", Layer = "conv2d_1" });
        Assert.Matches(@"^autoencoder-first-layers \(weights [0-9a-f]{8}\) · conv2d_1\b", trained);
        var initial = new RenderFiltersRequest { Model = "autoencoder-first-layers", Layer = "batch_normalization_1" };
        Assert.Contains("(untrained) · batch_normalization_1", await CaptionAsync(initial), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RenderFeatureMaps_Spec_IsCaptionedAsUntrainedWithItsShape()
    {
        var picture = new Picture { Data = ByteString.CopyFrom(Pngs.Grey(SmileyRows())) };
        var request = new RenderFeatureMapsRequest
        {
            Maps = new FeatureMapsRequest { Spec = Smiley(), Layers = { "conv2d_2" }, Picture = picture },
        };
        using var call = stack.Render.RenderFeatureMaps(request);
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        var header = call.ResponseStream.Current.Picture;
        Assert.Equal(6, header.Tiles);
        Assert.True(header.Execution.Untrained);
        Assert.Contains("sequential (untrained) · conv2d_2", header.Caption, StringComparison.Ordinal);
        Assert.Contains("25×25", header.Caption, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FilterWeights_TrainedLayerOfTheZoo_IsNotSaidToBeUntrained()
    {
        var info = await stack.Inference.ModelInfoAsync(new ModelInfoRequest { Model = "autoencoder-first-layers" });
        Assert.True(info.Untrained);
        Assert.Equal([false, false, true], info.Layers.Select(layer => layer.Untrained));
        var models = (await stack.Inference.ListModelsAsync(new ListModelsRequest())).Models;
        Assert.True(models.Single(model => model.Name == "vgg16") is { Untrained: true, Available: true });
        Assert.False(models.Single(model => model.Name == "nanodet").Untrained);
    }

    [Fact]
    public async Task ModelInfo_Vgg16_PrintsKerasTable()
    {
        var info = await stack.Inference.ModelInfoAsync(new ModelInfoRequest { Model = "vgg16" });
        Assert.Equal(138_357_544, info.TotalParameters);
        Assert.Equal(23, info.Layers.Count);
        Assert.Contains("Total params: 138,357,544\n", info.Summary, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> Mistakes => new()
    {
        { "spec", "both" },
        { "spec.height", "height" },
        { "spec.channels", "channels" },
        { "spec.name", "name" },
        { "spec.layers", "none" },
        { "spec.layers", "many" },
        { "spec.layers[1].conv2d.filters", "filters" },
        { "spec.layers[1].conv2d.kernel", "kernel" },
        { "spec.layers[1].conv2d.kernel.width", "kernel width" },
        { "spec.layers[1].conv2d.padding", "padding" },
        { "spec.layers[1].conv2d.activation", "activation" },
        { "spec.layers[1].name", "twice" },
        { "spec.layers[0].name", "number" },
        { "spec.layers[2]", "empty" },
        { "spec.layers[2]", "dense on maps" },
        { "spec.layers[2]", "too large a window" },
        { "spec.layers[3]", "too many weights" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task ModelInfo_Mistake_IsNamed(string field, string mistake)
    {
        var request = new ModelInfoRequest { Spec = Smiley() };
        var (spec, conv) = (request.Spec, request.Spec.Layers[1].Conv2D);
        switch (mistake)
        {
            case "both": request.Model = "nanodet"; break;
            case "height": spec.Height = 0; break;
            case "channels": spec.Channels = 2; break;
            case "name": spec.Name = "No Name"; break;
            case "none": spec.Layers.Clear(); break;
            case "many": spec.Layers.AddRange(Enumerable.Range(0, 256).Select(_ => Conv(1, 1))); break;
            case "filters": conv.Filters = 0; break;
            case "kernel": conv.Kernel = null; break;
            case "kernel width": conv.Kernel.Width = 65; break;
            case "padding": conv.Padding = (SpecPadding)9; break;
            case "activation": conv.Activation = (SpecActivation)99; break;
            case "twice": spec.Layers[0].Name = spec.Layers[1].Name = "same"; break;
            case "number": spec.Layers[0].Name = "12"; break;
            case "empty": spec.Layers.Add(new SpecLayer()); break;
            case "dense on maps": spec.Layers.Add(new SpecLayer { Dense = new DenseSpec { Units = 3 } }); break;
            case "too large a window":
                spec.Layers.Add(new SpecLayer { MaxPooling2D = new Pooling2dSpec { Window = new SpecSize { Height = 26 } } });
                break;
            case "too many weights":
                spec.Layers.Add(new SpecLayer { Flatten = new FlattenSpec() });
                spec.Layers.Add(new SpecLayer { Dense = new DenseSpec { Units = 65_536 } });
                break;
        }

        var error = await Assert.ThrowsAsync<RpcException>(async () => await stack.Inference.ModelInfoAsync(request));
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        var details = RpcStatus.Parser.ParseFrom(error.Trailers.GetValueBytes("grpc-status-details-bin"));
        Assert.Equal(field, Assert.Single(details.Details.Single().Unpack<BadRequest>().FieldViolations).Field);
    }

    [Fact]
    public async Task ModelInfo_EveryKindOfLayer_Builds()
    {
        var size = new SpecSize { Height = 3, Width = 2 };
        var two = new SpecSize { Height = 2 };
        var spec = new SequentialSpec
        {
            Name = "all",
            Height = 20,
            Width = 24,
            Channels = 3,
            Layers =
            {
                new SpecLayer { ZeroPadding2D = new ZeroPadding2dSpec { Top = 1, Bottom = 2, Left = 3, Right = 1 } },
                new SpecLayer
                {
                    Conv2D = new Conv2dSpec
                    {
                        Filters = 8, Kernel = size, Stride = two, Padding = SpecPadding.Same, Activation = SpecActivation.Elu,
                    },
                },
                new SpecLayer { DepthwiseConv2D = new DepthwiseConv2dSpec { DepthMultiplier = 2, Kernel = size } },
                new SpecLayer { BatchNormalization = new BatchNormalizationSpec { Epsilon = 1e-4 } },
                new SpecLayer { Activation = new ActivationSpec { Function = SpecActivation.LeakyRelu } },
                new SpecLayer { MaxPooling2D = new Pooling2dSpec() },
                new SpecLayer { UpSampling2D = new UpSampling2dSpec() },
                new SpecLayer
                {
                    AveragePooling2D = new Pooling2dSpec { Window = size, Stride = two, Padding = SpecPadding.Same },
                },
                new SpecLayer
                {
                    Conv2DTranspose = new Conv2dTransposeSpec
                    {
                        Filters = 4, Kernel = size, Stride = two, Padding = SpecPadding.Same,
                    },
                },
                new SpecLayer { Dropout = new DropoutSpec() },
                new SpecLayer { GlobalAveragePooling2D = new GlobalPooling2dSpec() },
                new SpecLayer { Flatten = new FlattenSpec() },
                new SpecLayer { Dense = new DenseSpec { Units = 5, Activation = SpecActivation.Softmax } },
            },
        };
        var info = await stack.Inference.ModelInfoAsync(new ModelInfoRequest { Spec = spec });

        // Keras' shapes: 23x28 padded, 12x14 at stride 2, 10x13 within, 5x6 pooled, 10x12 enlarged, 5x6 averaged and 10x12
        // transposed.
        string[] shapes =
        [
            "(None, 20, 24, 3)", "(None, 23, 28, 3)", "(None, 12, 14, 8)", "(None, 10, 13, 16)", "(None, 10, 13, 16)",
            "(None, 10, 13, 16)", "(None, 5, 6, 16)", "(None, 10, 12, 16)", "(None, 5, 6, 16)", "(None, 10, 12, 4)",
            "(None, 10, 12, 4)", "(None, 4)", "(None, 4)", "(None, 5)",
        ];
        Assert.Equal(shapes, info.Layers.Select(layer => layer.OutputShapeText));
        Assert.Equal(
            [0L, 0, 152, 112, 64, 0, 0, 0, 0, 388, 0, 0, 0, 25],
            info.Layers.Select(layer => layer.Parameters));
        Assert.Equal("up_sampling2d_1", info.Layers.Single(layer => layer.ClassName == "UpSampling2D").Name);

        var picture = new Picture { Data = ByteString.CopyFrom(Pngs.Grey(SmileyRows())) };
        string[] last = ["dropout_1", "dense_1"];
        var maps = await stack.Inference.MapsAsync(new FeatureMapsRequest { Spec = spec, Layers = { last }, Picture = picture });
        Assert.Contains(maps[0].Values, value => value != 0);
        Assert.Equal(1, maps[1].Values.Sum(), 1e-5);
    }

    private async Task<string> CaptionAsync(RenderFiltersRequest request)
    {
        using var call = stack.Render.RenderFilters(request);
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        return call.ResponseStream.Current.Picture.Caption;
    }

    private static SpecLayer Conv(int filters, int kernel) => new()
    {
        Conv2D = new Conv2dSpec
        {
            Filters = filters,
            Kernel = new SpecSize { Height = kernel },
            Padding = SpecPadding.Same,
            Activation = SpecActivation.Relu,
        },
    };

    /// <summary>The sample's rows as grey values 0 and 255.</summary>
    private static byte[][] SmileyRows() =>
    [
        .. File.ReadAllLines(Path.Combine(RepositoryPaths.Root, "samples", "smiley_25x25.txt"))
            .Select(row => row.Select(cell => (byte)(255 * int.Parse($"{cell}", CultureInfo.InvariantCulture))).ToArray()),
    ];
}
