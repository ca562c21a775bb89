namespace Aspire.Hosting.Internal.Orchestration;

/// <summary>How long a process that crashed waits until it is started again: twice as long each time, up to a bound.</summary>
internal sealed class RestartBackOff(OrchestratorOptions options)
{
    private TimeSpan _next = options.FirstRestartPause;

    /// <summary>Restarts since the last long run.</summary>
    public int Count { get; private set; }

    /// <param name="ran">How long the process ran; long enough, and earlier crashes are forgotten.</param>
    public TimeSpan Next(TimeSpan ran)
    {
        if (ran >= options.RestartsForgotten)
        {
            Count = 0;
            _next = options.FirstRestartPause;
        }

        Count++;
        var pause = _next;
        _next = pause * 2 < options.LongestRestartPause ? pause * 2 : options.LongestRestartPause;
        return pause;
    }
}
