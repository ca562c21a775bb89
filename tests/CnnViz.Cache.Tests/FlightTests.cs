using CnnViz.Cache.Flights;

namespace CnnViz.Cache.Tests;

public sealed class FlightTests
{
    [Fact]
    public async Task ReadAsync_FollowersThatComeLate_HearEverythingFromTheBeginning()
    {
        using var flight = new Flight<int>(1000, 10);
        using var early = flight.Join()!;
        var heard = ListAsync(early);
        await flight.EmitAsync(1, 1);
        await flight.EmitAsync(2, 1);
        using var late = flight.Join()!;
        await flight.EmitAsync(3, 1);
        flight.End();

        Assert.Equal([1, 2, 3], await heard);
        Assert.Equal([1, 2, 3], await ListAsync(late));
        Assert.Equal([1, 2, 3], flight.Recorded);
    }

    [Fact]
    public async Task EmitAsync_PastTheLimit_WaitsForTheSlowestAndForgets()
    {
        using var flight = new Flight<int>(mostRecorded: 20, window: 10);
        using var follower = flight.Join()!;
        await flight.EmitAsync(0, 20);
        var emitted = 0;
        var emitting = Task.Run(async () =>
        {
            for (var i = 1; i <= 100; i++)
            {
                await flight.EmitAsync(i, 5);
                Volatile.Write(ref emitted, i);
            }

            flight.End();
        });
        var heard = new List<int>();
        await foreach (var (frame, _) in follower.ReadAsync(default))
        {
            heard.Add(frame);
            Assert.InRange(Volatile.Read(ref emitted), 0, frame + 5);
        }

        await emitting;
        Assert.Equal(Enumerable.Range(0, 101), heard);
        Assert.Null(flight.Recorded);
        Assert.Null(flight.Join());
    }

    [Fact]
    public async Task EmitAsync_TheSlowestLeaves_GoesOn()
    {
        using var flight = new Flight<int>(mostRecorded: 1, window: 1);
        using var stays = flight.Join()!;
        var leaves = flight.Join()!;
        var heard = ListAsync(stays);
        var emitting = Task.Run(async () =>
        {
            for (var i = 0; i < 10; i++)
            {
                await flight.EmitAsync(i, 5);
            }

            flight.End();
        });
        leaves.Dispose();
        await emitting;
        Assert.Equal(Enumerable.Range(0, 10), await heard);
    }

    [Fact]
    public void Dispose_TheLastFollower_Abandons()
    {
        using var flight = new Flight<int>(10, 10);
        var (first, second) = (flight.Join()!, flight.Join()!);
        first.Dispose();
        Assert.False(flight.Abandoned.IsCancellationRequested);
        second.Dispose();
        Assert.True(flight.Abandoned.IsCancellationRequested);
        Assert.Null(flight.Join());
    }

    private static async Task<List<int>> ListAsync(Flight<int>.Follower follower)
    {
        var heard = new List<int>();
        await foreach (var (frame, _) in follower.ReadAsync(default))
        {
            heard.Add(frame);
        }

        return heard;
    }
}
