using CnnViz.Engine.Maximization;
using CnnViz.Inference.Runs;
using CnnViz.V1;
using Google.Protobuf;
using Event = CnnViz.V1.MaximizationEvent;

namespace CnnViz.Inference.Tests.Runs;

/// <summary>The parts that runs are kept and handed over with, one by one.</summary>
public sealed class RunPartsTests
{
    [Fact]
    public void Read_FromAnySequence_WhatFollowsItInOrder()
    {
        var log = new RunLog("run", 1_000_000, published: 10);
        for (var i = 0; i < 5; i++)
        {
            log.Append([Progress(i)]);
        }

        Assert.Equal(15UL, log.Last);
        Assert.Equal([11UL, 12, 13, 14, 15], log.Read(11).Events!.Select(one => one.Sequence));
        Assert.Equal([14UL, 15], log.Read(14).Events!.Select(one => one.Sequence));
        Assert.Empty(log.Read(16).Events!);
        Assert.Null(log.Read(10).Events);
        Assert.All(log.Read(11).Events!, one => Assert.Equal("run", one.RunId));
    }

    [Fact]
    public void Read_BytesAreEnough_AResultIsNotCutFromItsChunks()
    {
        var log = new RunLog("run", 1_000_000);
        var chunk = new Event { Chunk = new TensorChunk { Data = ByteString.CopyFrom(new byte[1000]) } };
        log.Append([Progress(1)]);
        log.Append([new Event { Result = new V1.MaximizationResult() }, chunk, chunk.Clone()]);
        log.Append([Progress(2)]);

        Assert.Single(log.Read(1, most: 1).Events!);
        Assert.Equal([2UL, 3, 4], log.Read(2, most: 1).Events!.Select(one => one.Sequence));
        Assert.Equal(5, log.Read(1).Events!.Count);
    }

    [Fact]
    public void Read_AppendedAndClosed_EachSignalsNews()
    {
        var log = new RunLog("run", 1_000_000);
        var first = log.Read(1).News;
        log.Append([Progress(1)]);
        var second = log.Read(1).News;
        Assert.True(first.IsCompleted && !second.IsCompleted);
        log.Close(RunEnd.Succeeded);
        Assert.True(second.IsCompleted);
        log.Close(RunEnd.Cancelled);
        Assert.Equal(RunEnd.Succeeded, log.Read(2).End);
    }

    [Fact]
    public void TryDecode_WhatWasEncoded_TheSameState()
    {
        var state = new GroupCheckpoint(3, 48, [
            new PictureState(new[] { 1f, float.NaN, -0f }, new[] { 4f, 5, 6 }, new[] { 7f }, true),
            new PictureState(new[] { 0.1f, 2, 3 }, new float[3], new float[1], false),
        ]);

        var back = CheckpointCodec.TryDecode(CheckpointCodec.Encode(state))!;

        Assert.Equal((3, 48, 2), (back.Group, back.Step, back.Pictures.Count));
        foreach (var (was, now) in state.Pictures.Zip(back.Pictures))
        {
            Assert.Equal(Bits(was.Parameters), Bits(now.Parameters));
            Assert.Equal(Bits(was.Optimizer), Bits(now.Optimizer));
            Assert.Equal(Bits(was.Mask), Bits(now.Mask));
            Assert.Equal(was.HadGradient, now.HadGradient);
        }
    }

    [Fact]
    public void TryDecode_AnyByteChangedOrMissing_Null()
    {
        var bytes = CheckpointCodec.Encode(new GroupCheckpoint(0, 1, [new PictureState(new[] { 1f, 2 }, new[] { 3f }, default, true)]));
        for (var i = 0; i < bytes.Length; i++)
        {
            var damaged = bytes.ToArray();
            damaged[i] ^= 1;
            Assert.Null(CheckpointCodec.TryDecode(damaged));
            Assert.Null(CheckpointCodec.TryDecode(bytes[..i]));
        }
    }

    [Fact]
    public void Contains_ToldBefore_AndNothingElse()
    {
        var told = new PublishedEvents();
        told.Add(new Event { Sequence = 1, Started = new V1.MaximizationStarted() });
        told.Add(new Event
        {
            Sequence = 2,
            Progress = new V1.MaximizationProgress { Iteration = 4, Fraction = 0.5, Filters = { new V1.FilterProgress { Filter = 7 } } },
        });
        told.Add(new Event { Sequence = 3, Preview = new V1.MaximizationPreview { Filter = 7, Iteration = 4 } });
        told.Add(new Event { Sequence = 4, Result = new V1.MaximizationResult { Filter = 2, ZeroGradient = true } });

        Assert.True(told.Contains(Step(7, 3)) && told.Contains(Step(7, 4)));
        Assert.False(told.Contains(Step(7, 5)) || told.Contains(Step(8, 1)));
        Assert.True(told.Contains(Result(2)));
        Assert.False(told.Contains(Result(7)));
        Assert.Equal((4UL, false), (told.Last, told.Completed));
        Assert.Equal(0.5, ((Engine.Maximization.MaximizationProgress)told.Adjusted(Step(7, 5))).Fraction);
        var resume = told.Resume([]);
        Assert.Equal((2, 0), Assert.Single(resume.Finished));
        Assert.Equal([2], resume.ZeroGradientFilters);
    }

    private static Engine.Maximization.MaximizationProgress Step(int filter, int iteration) =>
        new(0, iteration, [new Engine.Maximization.FilterProgress(filter, 0, 0)], 0.1);

    private static Engine.Maximization.MaximizationResult Result(int filter) =>
        new(filter, new CnnViz.Models.TensorShape(1, 1, 1), default, 0, false);

    private static Event Progress(int iteration) => new() { Progress = new V1.MaximizationProgress { Iteration = iteration } };

    private static int[] Bits(ReadOnlyMemory<float> values) => [.. values.ToArray().Select(BitConverter.SingleToInt32Bits)];
}
