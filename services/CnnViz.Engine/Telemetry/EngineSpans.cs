using System.Diagnostics;

namespace CnnViz.Engine.Telemetry;

/// <summary>
/// Spans of what is computed, of the source "CnnViz.Engine": they belong to whatever the caller is doing
/// (<see cref="Activity.Current"/>). Nothing is spent while nobody listens.
/// </summary>
public static class EngineSpans
{
    /// <summary>The source's name.</summary>
    public const string SourceName = "CnnViz.Engine";

    private static readonly ActivitySource _source = new(SourceName);

    /// <summary>
    /// Work on a lane as two spans: "queue" until it began, and one of its own until it ended. Both are made when the work is over,
    /// in the caller's context: a lane serves one caller after another and has none.
    /// </summary>
    /// <param name="name">The work's span.</param>
    /// <param name="run">Gives the work to the lanes.</param>
    /// <param name="work">The work.</param>
    /// <param name="describe">Adds attributes to the work's span, when the work has ended.</param>
    public static async Task RunAsync(string name, Func<Action, Task> run, Action work, Action<Activity> describe)
    {
        if (!_source.HasListeners())
        {
            await run(work).ConfigureAwait(false);
            return;
        }

        var queued = DateTime.UtcNow;
        DateTime? began = null;
        DateTime? ended = null;
        Exception? failure = null;
        try
        {
            await run(Timed).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            failure = exception;
            throw;
        }
        finally
        {
            Record("queue", queued, began ?? DateTime.UtcNow, began is null ? failure : null, null);
            if (began is { } start)
            {
                Record(name, start, ended ?? DateTime.UtcNow, failure, describe);
            }
        }

        void Timed()
        {
            began = DateTime.UtcNow;
            try
            {
                work();
            }
            finally
            {
                ended = DateTime.UtcNow;
            }
        }
    }

    /// <summary>Begins a span; null while nobody listens.</summary>
    internal static Activity? Start(string name) => _source.StartActivity(name);

    /// <summary>Notes why a span's work failed. A cancellation is no error: someone wanted it.</summary>
    internal static void Fail(Activity? span, Exception failure)
    {
        if (span is null)
        {
            return;
        }

        if (failure is OperationCanceledException)
        {
            span.SetTag("cnnviz.cancelled", true);
            return;
        }

        span.SetTag("error.type", failure.GetType().FullName);
        span.SetStatus(ActivityStatusCode.Error, failure.Message);
        span.AddException(failure);
    }

    private static void Record(string name, DateTime start, DateTime end, Exception? failure, Action<Activity>? describe)
    {
        using var span = _source.StartActivity(name, ActivityKind.Internal, default(ActivityContext), startTime: start);
        if (span is null)
        {
            return;
        }

        if (failure is not null)
        {
            Fail(span, failure);
        }
        else
        {
            describe?.Invoke(span);
        }

        span.SetEndTime(end);
    }
}
