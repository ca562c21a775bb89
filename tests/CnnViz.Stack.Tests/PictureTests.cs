using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using CnnViz.Tests.Shared;
using CnnViz.V1;
using Google.Protobuf;
using Grpc.Core;

namespace CnnViz.Stack.Tests;

/// <summary>Pictures and statistics through the wire.</summary>
[Collection(StackCollection.Name)]
public sealed class PictureTests(StackFixture stack)
{
    [Fact]
    public async Task RenderFilters_All4096TilesOfAKernel_ArriveWholeInOrderedChunks()
    {
        var layer = await KernelAsync(64, 64);
        using var call = stack.Render.RenderFilters(new RenderFiltersRequest
        {
            Model = "nanodet",
            Layer = layer,
            Style = new TileStyle { Scale = 24, Margin = 4 },
        });
        var pictures = await ReadAsync(call.ResponseStream, m => m.Picture, m => m.Chunk);
        var (header, file, chunks) = Assert.Single(pictures);
        Assert.Equal((4096, 64, "image/png"), (header.Tiles, header.Columns, header.MediaType));
        Assert.Equal(chunks, (file.Length + 1024 * 1024 - 1) / (1024 * 1024));
    }

    [Fact]
    public async Task RenderFilters_Bias_IsAPlot_UnknownRoleIsRefused()
    {
        var layer = await KernelAsync(null, null);
        using var call = stack.Render.RenderFilters(new RenderFiltersRequest { Model = "nanodet", Layer = layer, Role = "bias" });
        var picture = Assert.Single(await ReadAsync(call.ResponseStream, m => m.Picture, m => m.Chunk));
        Assert.Contains("one value per filter", picture.Header.Caption, StringComparison.Ordinal);

        using var refused = stack.Render.RenderFilters(
            new RenderFiltersRequest { Model = "nanodet", Layer = layer, Role = "gamma" });
        var error = await Assert.ThrowsAsync<RpcException>(async () => await refused.ResponseStream.MoveNext(default));
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        Assert.StartsWith("role: ", error.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RenderFeatureMaps_SeveralLayersOfAJpeg_ComeFromOnePassInEachFormat()
    {
        // The service writes a JPEG, which it then reads as its input.
        var photo = await File.ReadAllBytesAsync(Path.Combine(RepositoryPaths.Photos, "chelsea.png"));
        var jpeg = Assert.Single(await MapsAsync(photo, new TileStyle { Format = PictureFormat.Jpeg, Quality = 95 }, "Add_4"));
        Assert.Equal("image/jpeg", jpeg.Header.MediaType);
        var pictures = await MapsAsync(
            jpeg.File, new TileStyle { Format = PictureFormat.Webp, Labels = TileLabels.Numbers }, "Add_4", "Add_10");
        Assert.Equal(["Add_4", "Add_10"], pictures.Select(picture => picture.Header.Name));
        Assert.All(pictures, picture => Assert.Equal("WEBP"u8.ToArray(), picture.File[8..12]));
        Assert.Contains("2 of 64 feature maps", pictures[1].Header.Caption, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RenderFeatureMaps_CanvasTooLarge_IsRefusedBeforeThePictureIsEvenRead()
    {
        var error = await Assert.ThrowsAsync<RpcException>(() => MapsAsync([1, 2, 3], new TileStyle { Scale = 64 }, "Add_4"));
        Assert.StartsWith("style: ", error.Status.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(AnimationFormat.Apng, "image/apng")]
    [InlineData(AnimationFormat.Gif, "image/gif")]
    public async Task RenderMaximization_Animation_FollowsTheFinalPicture(AnimationFormat format, string mediaType)
    {
        var request = new RenderMaximizationRequest
        {
            Maximize = RefusalTests.Request(r =>
            {
                r.Filters.Add(5);
                r.Settings.Steps = 6;
                r.Settings.PreviewInterval = 3;
            }),
            Animation = new Animation { Format = format, Every = 2 },
        };
        using var call = stack.Render.RenderMaximization(request);
        var previews = new List<int>();
        var pictures = await ReadAsync(call.ResponseStream, m => m.Picture, m => m.Chunk, m =>
        {
            if (m.Event?.Preview is { } preview)
            {
                previews.Add(preview.Iteration);
            }
        });

        // Two filters, which may ascend one after the other or at the same time.
        Assert.Equal([3, 3, 6, 6], previews.Order());
        Assert.Equal(["image/png", mediaType], pictures.Select(picture => picture.Header.MediaType));
        Assert.Equal(
            (pictures[0].Header.Width, pictures[0].Header.Height), (pictures[1].Header.Width, pictures[1].Header.Height));
        Assert.Contains("3 frames", pictures[1].Header.Caption, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RenderMaximization_VariantsAndScore_AllTilesAndEachResultWithItsScore()
    {
        var request = new RenderMaximizationRequest
        {
            Maximize = RefusalTests.Request(r =>
            {
                r.Filters.Add(5);
                r.Settings.Steps = 3;
                r.Settings.Score = true;
                r.Settings.Diversity = new Diversity { Variants = 3 };
            }),
            LabelScores = true,
            Animation = new Animation { Every = 1 },
        };
        using var call = stack.Render.RenderMaximization(request);
        var results = new List<MaximizationResult>();
        var pictures = await ReadAsync(call.ResponseStream, m => m.Picture, m => m.Chunk, m =>
        {
            if (m.Event?.Result is { } result)
            {
                results.Add(result);
            }
        });
        Assert.Equal([0, 1, 2, 0, 1, 2], results.Select(result => result.Variant));
        Assert.All(results, result => Assert.True(result.HasQualityClean && result.Image is null));
        Assert.All(pictures, picture => Assert.Equal((6, 3), (picture.Header.Tiles, picture.Header.Columns)));
        var above = results.Count(result => result.QualityActivation > result.QualityReference);
        Assert.Contains("3 variants each", pictures[0].Header.Caption, StringComparison.Ordinal);
        Assert.Contains($"{above} of 6 above the photographs'", pictures[0].Header.Caption, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FilterWeights_Statistics_EqualNumpy()
    {
        var layer = await KernelAsync(64, 64);
        var request =
            new FilterWeightsRequest { Model = "nanodet", Layer = layer, Roles = { "kernel" }, Statistics = new() { Bins = 50 } };
        var kernel = Assert.Single(await stack.Inference.WeightsAsync(request));
        request.OmitValues = true;
        using var call = stack.Inference.FilterWeights(request);
        Assert.True(await call.ResponseStream.MoveNext(default));
        var found = Assert.Single(call.ResponseStream.Current.Info.Statistics);
        Assert.False(await call.ResponseStream.MoveNext(default));

        var file = Path.GetTempFileName();
        await File.WriteAllBytesAsync(file, MemoryMarshal.AsBytes(kernel.Values.AsSpan()).ToArray());
        var rows = await NumpyAsync(file, "64", "50");
        File.Delete(file);
        Assert.Equal(kernel.Values.Length, found.Count);
        AssertClose(rows[0], [found.Min, found.Max, found.Mean, found.Std, found.Zeros, found.NearZeros]);
        AssertClose(rows[1], found.HistogramEdges);
        Assert.Equal(rows[2], found.HistogramCounts.Select(count => (double)count));
        AssertClose(rows[3], found.FilterL1);
        AssertClose(rows[4], found.FilterL2);
        var dead = Enumerable.Range(0, 64).Where(filter => rows[4][filter] <= 1e-6);
        Assert.Equal(dead, found.DeadFilters);
    }

    [Theory]
    [InlineData("statistics.bins")]
    [InlineData("statistics.near_zero")]
    [InlineData("statistics.dead_norm")]
    public async Task FilterWeights_BadStatistics_AreRefusedByField(string field)
    {
        var options = new WeightStatisticsOptions();
        switch (field)
        {
            case "statistics.bins": options.Bins = 1025; break;
            case "statistics.near_zero": options.NearZero = double.NaN; break;
            default: options.DeadNorm = -1; break;
        }

        var error = await Assert.ThrowsAsync<RpcException>(() => stack.Inference.WeightsAsync(
            new FilterWeightsRequest { Model = "nanodet", Layer = "1", Statistics = options }));
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
    }

    private static void AssertClose(IReadOnlyList<double> expected, IReadOnlyList<double> found)
    {
        Assert.Equal(expected.Count, found.Count);
        Assert.All(expected.Zip(found), pair => Assert.InRange(pair.Second - pair.First, -1e-9, 1e-9));
    }

    private static async Task<List<double[]>> NumpyAsync(params string[] arguments)
    {
        var script = Path.Combine(RepositoryPaths.Root, "tests", "CnnViz.Stack.Tests", "weight_statistics.py");
        var start = new System.Diagnostics.ProcessStartInfo(
            "/usr/bin/python3", [script, .. arguments])
        { RedirectStandardOutput = true };
        using var process = System.Diagnostics.Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ').Select(word => double.Parse(word, CultureInfo.InvariantCulture)).ToArray())];
    }

    private static async Task<List<(PictureHeader Header, byte[] File, int Chunks)>> ReadAsync<T>(
        IAsyncStreamReader<T> stream, Func<T, PictureHeader?> header, Func<T, PictureChunk?> chunk, Action<T>? each = null)
    {
        var pictures = new List<(PictureHeader Header, MemoryStream File, int Chunks)>();
        await foreach (var message in stream.ReadAllAsync())
        {
            each?.Invoke(message);
            if (header(message) is { } next)
            {
                pictures.Add((next, new MemoryStream(), 0));
            }
            else if (chunk(message) is { } part)
            {
                var (announced, file, count) = pictures[^1];
                Assert.Equal((ulong)file.Length, part.Offset);
                Assert.InRange(part.Data.Length, 1, 1024 * 1024);
                file.Write(part.Data.Span);
                pictures[^1] = (announced, file, count + 1);
            }
        }

        Assert.All(pictures, picture => Assert.Equal(picture.Header.Sha256.ToByteArray(), SHA256.HashData(picture.File.ToArray())));
        return [.. pictures.Select(picture => (picture.Header, picture.File.ToArray(), picture.Chunks))];
    }

    private async Task<List<(PictureHeader Header, byte[] File, int Chunks)>> MapsAsync(
        byte[] photo, TileStyle style, params string[] layers)
    {
        var request = new RenderFeatureMapsRequest
        {
            Maps = new FeatureMapsRequest
            {
                Model = "nanodet",
                Picture = new Picture { Data = ByteString.CopyFrom(photo) },
                Channels = { 3, 17 },
            },
            Style = style,
        };
        request.Maps.Layers.Add(layers);
        using var call = stack.Render.RenderFeatureMaps(request);
        return await ReadAsync(call.ResponseStream, m => m.Picture, m => m.Chunk);
    }

    /// <summary>A convolution of NanoDet, with this many input channels and filters where given.</summary>
    private async Task<string> KernelAsync(int? inputs, int? filters)
    {
        var model = await stack.Inference.ModelInfoAsync(new ModelInfoRequest { Model = "nanodet" });
        return model.Layers.First(layer => layer.Weights.Any(weight => weight.Role == "kernel" && weight.Layout == "HWIO"
            && (inputs is null || weight.Shape[2] == inputs) && (filters is null || weight.Shape[3] == filters))).Name;
    }
}
