using System.Collections.Concurrent;
using CnnViz.Engine.OneDnn.Native;

namespace CnnViz.Engine.OneDnn.Plan;

/// <summary>A schedule made ready to run: its native steps in one program, with C# steps between them, and lanes to run it on.</summary>
internal sealed class OneDnnProgram : IDisposable
{
    private readonly ShimProgram _program;
    private readonly List<Segment> _segments = [];
    private readonly ConcurrentBag<ShimLane> _idle = [];
    private int _disposed;

    public OneDnnProgram(Schedule schedule, ShimCache cache, int threads)
    {
        Schedule = schedule;
        _program = cache.CreateProgram(threads);
        try
        {
            for (var i = 0; i < schedule.Steps.Count; i++)
            {
                Append(schedule.Steps[i], i < schedule.ForwardSteps);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public Schedule Schedule { get; }

    /// <summary>The native steps' names, for tests and tuning.</summary>
    public IReadOnlyList<string> StepNames => [.. Enumerable.Range(0, NativeSteps).Select(_program.NameOf)];

    /// <summary>Number of native steps.</summary>
    public int NativeSteps { get; private set; }

    /// <summary>Takes an idle lane, or makes one.</summary>
    public ShimLane Rent() => _idle.TryTake(out var lane) ? lane : _program.CreateLane(Schedule.ArenaBytes);

    /// <summary>Gives a lane back for others to use.</summary>
    public void Return(ShimLane lane)
    {
        _idle.Add(lane);
        if (Volatile.Read(ref _disposed) != 0)
        {
            DisposeIdle();
        }
    }

    public void RunForward(ShimLane lane) => Run(lane, forward: true);

    public void RunBackward(ShimLane lane) => Run(lane, forward: false);

    /// <summary>Measures each native step of one whole run.</summary>
    public IReadOnlyList<(string Name, double Flops, long Nanoseconds)> Profile(ShimLane lane)
    {
        var times = new long[NativeSteps];
        foreach (var segment in _segments)
        {
            if (segment.Plain is { } run)
            {
                run(lane);
            }
            else
            {
                lane.Profile(segment.First, segment.Count).CopyTo(times, segment.First);
            }
        }

        return [.. times.Select((time, step) => (_program.NameOf(step), _program.FlopsOf(step), time))];
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            DisposeIdle();
            _program.Dispose();
        }
    }

    private void DisposeIdle()
    {
        while (_idle.TryTake(out var lane))
        {
            lane.Dispose();
        }
    }

    private void Append(PlanStep step, bool forward)
    {
        if (step is PlainStep plain)
        {
            _segments.Add(new Segment(forward, plain.Run, 0, 0));
            return;
        }

        ((NativeStep)step).Add(_program);
        if (_segments.Count > 0 && _segments[^1] is { Plain: null } last && last.Forward == forward)
        {
            _segments[^1] = last with { Count = last.Count + 1 };
        }
        else
        {
            _segments.Add(new Segment(forward, null, NativeSteps, 1));
        }

        NativeSteps++;
    }

    private void Run(ShimLane lane, bool forward)
    {
        foreach (var segment in _segments)
        {
            if (segment.Forward != forward)
            {
                continue;
            }

            if (segment.Plain is { } run)
            {
                run(lane);
            }
            else
            {
                lane.Run(segment.First, segment.Count);
            }
        }
    }

    /// <summary>Native steps that follow each other, or one in C#.</summary>
    private sealed record Segment(bool Forward, Action<ShimLane>? Plain, int First, int Count);
}
