using CnnViz.V1;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;

namespace CnnViz.Stack.Tests;

/// <summary>A client that makes calls of every kind in turn, refused ones too, over connections of its own.</summary>
internal sealed class MixedCalls(StackFixture stack, byte[] photo) : IDisposable
{
    /// <summary>How many kinds there are.</summary>
    public const int Kinds = 6;

    private readonly GrpcChannel _inferenceChannel = GrpcChannel.ForAddress(stack.InferenceAddress);
    private readonly GrpcChannel _renderChannel = GrpcChannel.ForAddress(stack.RenderAddress);
    private readonly ByteString _photo = ByteString.CopyFrom(photo);
    private readonly ByteString _broken = ByteString.CopyFrom(photo.AsSpan(0, 99));

    private InferenceService.InferenceServiceClient Inference => new(_inferenceChannel);

    private RenderService.RenderServiceClient Render => new(_renderChannel);

    /// <summary>Makes one call and asserts that it gives what it should.</summary>
    /// <param name="number">Decides the kind, by its remainder, and the seed.</param>
    /// <returns>How many numbers or bytes came back: the same for the same kind.</returns>
    public async Task<int> CallAsync(int number)
    {
        switch (number % Kinds)
        {
            case 0:
                return (await Inference.ModelInfoAsync(new ModelInfoRequest { Model = "nanodet" })).Layers.Count;
            case 1:
                return Count(await Inference.WeightsAsync(new FilterWeightsRequest { Model = "nanodet", Layer = "Add_10" }));
            case 2:
                return Count(await Inference.MapsAsync(Maps(_photo)));
            case 3:
                return Count((await Inference.MaximizeAsync(Alone(number))).Images);
            case 4:
                var request = new RenderFiltersRequest { Model = "nanodet", Layer = "Add", NoCache = true };
                return await BytesAsync(Render.RenderFilters(request).ResponseStream);
            default:
                var refusal = await Assert.ThrowsAsync<RpcException>(() => Inference.MapsAsync(Maps(_broken)));
                Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
                return 0;
        }
    }

    public void Dispose()
    {
        _inferenceChannel.Dispose();
        _renderChannel.Dispose();
    }

    private static FeatureMapsRequest Maps(ByteString picture) => new()
    {
        Model = "nanodet",
        Layers = { "Add_4", "Add_10" },
        Height = 96,
        Width = 96,
        Picture = new Picture { Data = picture },
        NoCache = true,
    };

    /// <summary>Computed for this call, whatever was computed before.</summary>
    private static MaximizeFilterRequest Alone(int number) => RefusalTests.Request(request =>
    {
        request.Settings.Seed = (ulong)number;
        request.NoCache = true;
    });

    private static int Count(List<Tensor> tensors) => tensors.Sum(tensor => tensor.Values.Length);

    private static async Task<int> BytesAsync(IAsyncStreamReader<RenderFiltersResponse> stream)
    {
        var bytes = 0;
        while (await stream.MoveNext(default))
        {
            bytes += stream.Current.Chunk?.Data.Length ?? 0;
        }

        return bytes;
    }
}
