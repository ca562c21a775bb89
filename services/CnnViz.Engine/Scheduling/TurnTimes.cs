namespace CnnViz.Engine.Scheduling;

/// <summary>
/// How long a turn takes: exponentially weighted means of the processor time of units, per ticket and over all. Not safe for
/// concurrent use.
/// </summary>
internal sealed class TurnTimes
{
    // The last five or so units count: a ticket's units are alike, and what others take changes with what is asked for.
    private const double Newest = 0.2;

    private double _all;

    /// <summary>Notes a unit.</summary>
    /// <param name="ticket">Whose it was.</param>
    /// <param name="lanes">Lanes that it took.</param>
    /// <param name="time">How long it took them.</param>
    public void Add(LaneTicket ticket, int lanes, TimeSpan time)
    {
        var seconds = time.TotalSeconds * lanes;
        ticket.MeanSeconds = ticket.MeanSeconds is { } mean ? Mixed(mean, seconds) : seconds;
        _all = _all == 0 ? seconds : Mixed(_all, seconds);
    }

    /// <summary>Lane seconds that the next unit of a ticket takes, about; 0 while nothing has run yet.</summary>
    public double Of(LaneTicket ticket) => ticket.MeanSeconds ?? _all;

    private static double Mixed(double mean, double newest) => mean + (Newest * (newest - mean));
}
