namespace Aspire.Dashboard.Telemetry;

/// <summary>The spans of one trace that have come so far. Guarded by the store.</summary>
internal sealed class Trace(string id)
{
    private readonly List<TraceSpan> _spans = [];
    private readonly HashSet<string> _spanIds = [];

    public string Id { get; } = id;

    public IReadOnlyList<TraceSpan> Spans => _spans;

    /// <summary>Estimated bytes.</summary>
    public long Size { get; private set; }

    /// <summary>Spans that went beyond the bound of one trace.</summary>
    public int Dropped { get; private set; }

    public long Start { get; private set; } = long.MaxValue;

    public long End { get; private set; }

    public bool HasError { get; private set; }

    /// <summary>The span without a parent; of several, or when it has not come, the earliest.</summary>
    public TraceSpan Root { get; private set; } = null!;

    /// <returns>Whether it was kept.</returns>
    public bool Add(TraceSpan span, int maxSpans)
    {
        // A sender that got no answer sends again.
        if (_spanIds.Contains(span.SpanId))
            return true;
        if (_spans.Count >= maxSpans)
        {
            Dropped++;
            return false;
        }

        _spanIds.Add(span.SpanId);
        _spans.Add(span);
        Size += span.Size;
        Start = Math.Min(Start, span.Start);
        End = Math.Max(End, span.End);
        HasError |= span.Status == TraceSpanStatus.Error;
        if (Root is null || IsBetterRoot(span))
            Root = span;
        return true;
    }

    private bool IsBetterRoot(TraceSpan span)
    {
        var (isRoot, wasRoot) = (span.ParentSpanId.Length == 0, Root.ParentSpanId.Length == 0);
        return isRoot == wasRoot ? span.Start < Root.Start : isRoot;
    }
}
