using CnnViz.V1;
using StackExchange.Redis;

namespace CnnViz.Inference.Runs;

/// <summary>
/// Brings a run of this process to Redis as it happens, and holds its lease. It works beside the run, which never waits for it:
/// while Redis is out of reach the run goes on, and afterwards what is missing is brought there.
/// </summary>
internal sealed partial class RunMirror(LocalRun run, RedisRuns redis, RunOptions options, TimeProvider time, ILogger logger)
{
    private const long BatchBytes = 4 * 1024 * 1024;

    // Steps take milliseconds; their events travel together, as each journey costs as much as a small step.
    private static readonly TimeSpan _gather = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan _retry = TimeSpan.FromMilliseconds(500);

    private readonly TaskCompletionSource _registered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IAsyncDisposable? _cancels;
    private ulong _written;
    private long _renewed;

    /// <summary>Ends when other replicas can see the run.</summary>
    public Task Registered => _registered.Task;

    /// <summary>Works until the run has ended and Redis has all of it, or another replica has the run. Never throws.</summary>
    /// <param name="giveUp">When Redis is no longer waited for.</param>
    public async Task RunAsync(CancellationToken giveUp)
    {
        await WorkAsync(giveUp).ConfigureAwait(false);
        if (_cancels is not null)
        {
            await _cancels.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task WorkAsync(CancellationToken giveUp)
    {
        var synchronized = false;
        var reported = false;
        while (!giveUp.IsCancellationRequested)
        {
            try
            {
                if (!synchronized)
                {
                    await SynchronizeAsync().ConfigureAwait(false);
                    (synchronized, reported) = (true, false);
                }

                if (await StepAsync().ConfigureAwait(false))
                {
                    return;
                }
            }
            catch (LeaseLostException)
            {
                Log.Lost(logger, run.Id);
                run.Lose();
                return;
            }
            catch (Exception exception) when (exception is RedisException or TimeoutException or ObjectDisposedException)
            {
                if (run.Evicted)
                {
                    return;
                }

                if (!reported)
                {
                    Log.Unreachable(logger, run.Id, exception.GetType().Name);
                }

                (synchronized, reported) = (false, true);
                run.Written = ulong.MaxValue;
                await PauseAsync(Task.Delay(Timeout.Infinite, giveUp), _retry).ConfigureAwait(false);
            }
        }
    }

    private async Task SynchronizeAsync()
    {
        Require(await redis.TryHoldAsync(run.Id, run.Token).ConfigureAwait(false));
        var about = run.Describe();

        // The end is written last, when all events are there.
        (about.State, about.StatusCode, about.StatusMessage, about.EndedUnixMs) = (RunState.Running, 0, "", 0);
        Note(await redis.RegisterAsync(about, run.Request, run.Span?.Id).ConfigureAwait(false));
        _renewed = time.GetTimestamp();
        _registered.TrySetResult();
        _cancels ??= await redis.ListenForCancelAsync(run.Id, CancelIfUnderWay).ConfigureAwait(false);
    }

    private void CancelIfUnderWay()
    {
        if (run.Log.End is null)
        {
            run.Cancel();
        }
    }

    /// <summary>Writes what there is to write, or waits for more; true when all is done.</summary>
    private async Task<bool> StepAsync()
    {
        if (time.GetElapsedTime(_renewed) >= options.RenewInterval)
        {
            Require(await redis.TryHoldAsync(run.Id, run.Token).ConfigureAwait(false));
            _renewed = time.GetTimestamp();
            if (await redis.IsCancelledAsync(run.Id).ConfigureAwait(false))
            {
                // Told before anybody listened, or the message was lost.
                CancelIfUnderWay();
            }
        }

        var reading = run.Log.Read(_written + 1, BatchBytes);
        if (reading.Events is null)
        {
            // Redis was away for so long that events have gone; a watcher there is told.
            _written++;
            return false;
        }

        if (reading.Events.Count > 0)
        {
            Require(await redis.AppendAsync(run.Id, run.Token, reading.Events).ConfigureAwait(false));
            Note(reading.Events[^1].Sequence);
            if (reading.End is null && !run.HandedOver)
            {
                await Task.Delay(_gather, time).ConfigureAwait(false);
            }

            return false;
        }

        if (reading.End is not null)
        {
            Require(await redis.FinishAsync(run.Describe(), run.Token).ConfigureAwait(false));
            return true;
        }

        if (run.TakeCheckpoint(_written) is { } state)
        {
            Require(await redis.SaveAsync(run.Id, run.Token, state).ConfigureAwait(false));
            return false;
        }

        if (run.HandedOver)
        {
            await redis.ReleaseAsync(run.Id, run.Token).ConfigureAwait(false);
            return true;
        }

        await PauseAsync(reading.News, options.RenewInterval).ConfigureAwait(false);
        return false;
    }

    private void Note(ulong written) => run.Written = _written = written;

    private async Task PauseAsync(Task until, TimeSpan atMost)
    {
        try
        {
            await until.WaitAsync(atMost, time).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            // Time to look again.
        }
    }

    private static void Require(bool held)
    {
        if (!held)
        {
            throw new LeaseLostException();
        }
    }

    private sealed class LeaseLostException : Exception;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Run {RunId}: Redis does not answer ({Reason}); it is told of the run later")]
        public static partial void Unreachable(ILogger logger, string runId, string reason);

        [LoggerMessage(2, LogLevel.Warning, "Run {RunId}: another replica has taken it over")]
        public static partial void Lost(ILogger logger, string runId);
    }
}
