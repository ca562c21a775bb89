using CnnViz.Engine.Scheduling;

namespace CnnViz.Engine.Tests.Scheduling;

public sealed class TurnQueueTests
{
    [Fact]
    public void TryTake_TicketsWithOneAndManyUnits_SameNumberOfTurns()
    {
        var queue = new TurnQueue(1);
        var (many, one) = (Ticket(), Ticket());
        for (var i = 0; i < 10; i++)
        {
            queue.Add(Unit(many));
        }

        queue.Add(Unit(one));
        var turns = new List<LaneTicket>();
        for (var i = 0; i < 10; i++)
        {
            var unit = queue.TryTake()!;
            turns.Add(unit.Ticket);
            if (unit.Ticket == one)
            {
                queue.Add(Unit(one));
            }

            queue.End(unit);
        }

        Assert.Equal(Enumerable.Repeat<LaneTicket[]>([many, one], 5).SelectMany(pair => pair), turns);
    }

    [Fact]
    public void TryTake_TicketThatComesLater_NeitherAheadNorBehind()
    {
        var queue = new TurnQueue(1);
        var (early, late) = (Ticket(), Ticket());
        for (var i = 0; i < 100; i++)
        {
            queue.Add(Unit(early));
        }

        Take(queue, 50);
        for (var i = 0; i < 10; i++)
        {
            queue.Add(Unit(late));
        }

        Assert.Equal(5, Take(queue, 10).Count(ticket => ticket == late));
    }

    [Fact]
    public void TryTake_WideUnitNext_WaitsForTheNarrowOnesAndLetsNoneIn()
    {
        var queue = new TurnQueue(2);
        var (narrow, wide) = (Ticket(), Ticket());
        for (var i = 0; i < 5; i++)
        {
            queue.Add(Unit(narrow));
        }

        var running = queue.TryTake()!;
        queue.Add(Unit(wide, wide: true));

        Assert.Null(queue.TryTake());
        queue.End(running);
        var taken = queue.TryTake()!;
        Assert.Same(wide, taken.Ticket);
        Assert.Null(queue.TryTake());
        queue.End(taken);
        Assert.Same(narrow, queue.TryTake()!.Ticket);
        Assert.Same(narrow, queue.TryTake()!.Ticket);
        Assert.Null(queue.TryTake());
    }

    [Fact]
    public void Remove_UnitThatWaits_NeverTaken()
    {
        var queue = new TurnQueue(1);
        var ticket = Ticket();
        var (removed, kept) = (Unit(ticket), Unit(ticket));
        queue.Add(removed);
        queue.Add(kept);

        Assert.True(queue.Remove(removed));
        Assert.Same(kept, queue.TryTake());
        Assert.False(queue.Remove(kept));
        queue.End(kept);
        Assert.Null(queue.TryTake());
    }

    /// <summary>
    /// Random arrivals, ends and withdrawals of narrow and wide units of several tickets. Over any stretch in which two tickets always have
    /// something waiting, their turns differ by at most 2; lanes are never overbooked, no wide unit runs beside another unit, and
    /// no lane idles while narrow units alone wait.
    /// </summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    public void TryTake_RandomLoad_FairAndWithinTheLanes(int seed)
    {
        var random = new Random(seed);
        var lanes = random.Next(1, 6);
        var queue = new TurnQueue(lanes);
        var tickets = Enumerable.Range(0, random.Next(2, 8)).Select(_ => Ticket()).ToArray();
        var wideShare = random.Next(3) == 0 ? 0 : 0.2 * random.NextDouble();
        var running = new List<LaneUnit>();
        var turns = tickets.ToDictionary(ticket => ticket, _ => 0);
        var since = new Dictionary<(LaneTicket, LaneTicket), int>();
        for (var step = 0; step < 3000; step++)
        {
            var ticket = tickets[random.Next(tickets.Length)];
            switch (random.Next(5))
            {
                case 0 or 1 when ticket.Waiting.Count < 20:
                    queue.Add(Unit(ticket, lanes > 1 && random.NextDouble() < wideShare));
                    break;
                case 2 when ticket.Waiting.Count > 0 && random.Next(4) == 0:
                    queue.Remove(ticket.Waiting.Last!.Value);
                    break;
                case 3 or 4 when running.Count > 0:
                    var ended = random.Next(running.Count);
                    queue.End(running[ended]);
                    running.RemoveAt(ended);
                    break;
                default:
                    break;
            }

            CheckShares(tickets, turns, since);
            while (queue.TryTake() is { } unit)
            {
                running.Add(unit);
                turns[unit.Ticket]++;
                Assert.True(unit.Wide ? running.Count == 1 : running.Count <= lanes && !running.Exists(other => other.Wide));
                CheckShares(tickets, turns, since);
            }

            Assert.Equal(running.Count, queue.Running);
            var wideWaits = tickets.Any(one => one.Waiting.First is { Value.Wide: true });
            if (running.Count < lanes && !running.Exists(unit => unit.Wide) && !wideWaits)
            {
                Assert.All(tickets, one => Assert.Empty(one.Waiting));
            }
        }

        Assert.All(turns.Values, count => Assert.True(count > 20));
    }

    public static TheoryData<int> Seeds() => [.. Enumerable.Range(1, 40)];

    private static void CheckShares(
        LaneTicket[] tickets, Dictionary<LaneTicket, int> turns, Dictionary<(LaneTicket, LaneTicket), int> since)
    {
        foreach (var a in tickets)
        {
            foreach (var b in tickets)
            {
                // The difference at the start of the stretch; the stretch ends when either has nothing waiting.
                if (a.Waiting.Count == 0 || b.Waiting.Count == 0)
                {
                    since.Remove((a, b));
                }
                else if (since.TryGetValue((a, b), out var start))
                {
                    Assert.InRange(turns[a] - turns[b] - start, -2, 2);
                }
                else
                {
                    since[(a, b)] = turns[a] - turns[b];
                }
            }
        }
    }

    private static List<LaneTicket> Take(TurnQueue queue, int count)
    {
        var turns = new List<LaneTicket>();
        for (var i = 0; i < count; i++)
        {
            var unit = queue.TryTake()!;
            turns.Add(unit.Ticket);
            queue.End(unit);
        }

        return turns;
    }

    private static LaneTicket Ticket() => new(null, _ => { });

    private static LaneUnit Unit(LaneTicket ticket, bool wide = false) =>
        new(ticket, wide, () => { }, continueOnLane: false, CancellationToken.None);
}
