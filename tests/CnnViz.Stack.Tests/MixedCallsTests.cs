using System.Diagnostics;
using CnnViz.Tests.Shared;
using CnnViz.V1;
using Google.Protobuf;
using Grpc.Core;
using Xunit.Abstractions;

namespace CnnViz.Stack.Tests;

/// <summary>A thousand calls of every kind through both services: nothing piles up.</summary>
[Collection(StackCollection.Name)]
public sealed class MixedCallsTests(StackFixture stack, ITestOutputHelper output)
{
    private const int Calls = 1000;
    private const int WarmUp = 200;

    [Fact]
    public async Task MixedCalls_AThousand_LeaveMemoryFlat()
    {
        var photo = ByteString.CopyFrom(await File.ReadAllBytesAsync(Path.Combine(RepositoryPaths.Photos, "chelsea.png")));
        using var inference = Process.GetProcessById(stack.ProcessOf("CnnViz.Inference"));
        using var render = Process.GetProcessById(stack.ProcessOf("CnnViz.Render"));
        var (before, times) = (0L, new List<double>(Calls));
        for (var i = 0; i < WarmUp + Calls; i++)
        {
            if (i == WarmUp)
            {
                before = Bytes(inference) + Bytes(render);
            }

            var start = Stopwatch.GetTimestamp();
            await CallAsync(i, photo);
            if (i >= WarmUp)
            {
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        }

        var growth = Bytes(inference) + Bytes(render) - before;
        output.WriteLine($"memory {before >> 20} MiB, then {growth >> 10} KiB more; ms per call (median of the first and last "
            + $"quarter): {Median(times[..(Calls / 4)]):F1}, {Median(times[^(Calls / 4)..]):F1}");
        Assert.True(growth < 64 << 20, $"grew by {growth >> 10} KiB over {Calls} calls, from {before >> 10} KiB");
    }

    private async Task CallAsync(int number, ByteString photo)
    {
        switch (number % 6)
        {
            case 0:
                await stack.Inference.ModelInfoAsync(new ModelInfoRequest { Model = "nanodet" });
                break;
            case 1:
                await stack.Inference.WeightsAsync(new FilterWeightsRequest { Model = "nanodet", Layer = "Add_10" });
                break;
            case 2:
                await stack.Inference.MapsAsync(new FeatureMapsRequest
                {
                    Model = "nanodet",
                    Layers = { "Add_4", "Add_10" },
                    Height = 96,
                    Width = 96,
                    Picture = new Picture { Data = photo },
                });
                break;
            case 3:
                await stack.Inference.MaximizeAsync(RefusalTests.Request(r => r.Settings.Seed = (ulong)number));
                break;
            case 4:
                await DrainAsync(stack.Render.RenderFilters(new RenderFiltersRequest { Model = "nanodet", Layer = "Add" }).ResponseStream);
                break;
            default:
                await Assert.ThrowsAsync<RpcException>(() => stack.Inference.MapsAsync(new FeatureMapsRequest
                {
                    Model = "nanodet",
                    Layers = { "Add_4" },
                    Picture = new Picture { Data = photo.Length > 99 ? ByteString.CopyFrom(photo.Span[..99]) : photo },
                }));
                break;
        }
    }

    private static async Task DrainAsync<T>(IAsyncStreamReader<T> stream)
    {
        while (await stream.MoveNext(default))
        {
        }
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static long Bytes(Process process)
    {
        process.Refresh();
        return process.WorkingSet64;
    }
}
