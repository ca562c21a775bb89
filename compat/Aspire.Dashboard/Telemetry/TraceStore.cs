namespace Aspire.Dashboard.Telemetry;

/// <summary>What traces to give.</summary>
internal sealed record TraceQuery
{
    /// <summary>Name or key of a resource that has a span in it; null: all.</summary>
    public string? Resource { get; init; }

    /// <summary>In a span's name, an attribute's value or the trace id, without case; null: anything.</summary>
    public string? Text { get; init; }

    /// <summary>Only those with an error.</summary>
    public bool ErrorsOnly { get; init; }

    /// <summary>Only those that took at least this long, in ns.</summary>
    public long MinDuration { get; init; }

    /// <summary>At most this many, the newest.</summary>
    public int Limit { get; init; } = 200;
}

/// <summary>A trace in one line.</summary>
internal sealed record TraceSummary(
    string Id, string Name, TelemetryResource Resource, long Start, long Duration, int SpanCount, bool HasError,
    IReadOnlyList<(TelemetryResource Resource, int Spans, int Errors)> Resources);

/// <summary>The newest traces of all resources.</summary>
internal sealed class TraceStore(TelemetryLimits limits, ChangeSignal changes)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<Trace>> _byId = [];
    private readonly LinkedList<Trace> _byArrival = [];
    private long _bytes;
    private long _version;

    /// <summary>Number of spans that have come.</summary>
    public long Version
    {
        get
        {
            lock (_lock)
                return _version;
        }
    }

    /// <returns>How many were not kept.</returns>
    public int Add(IReadOnlyList<TraceSpan> spans)
    {
        if (spans.Count == 0)
            return 0;
        var rejected = 0;
        lock (_lock)
        {
            foreach (var span in spans)
            {
                var trace = GetOrAdd(span.TraceId);
                var before = trace.Size;
                if (!trace.Add(span, limits.MaxSpansPerTrace))
                    rejected++;
                _bytes += trace.Size - before;
                _version++;
                while (_bytes > limits.MaxBytes && _byArrival.Count > 1)
                    RemoveOldest();
            }
        }

        changes.Raise();
        return rejected;
    }

    /// <summary>The traces that match, newest first, and how many match in all.</summary>
    public (IReadOnlyList<TraceSummary> Traces, int Total) Find(TraceQuery query)
    {
        lock (_lock)
        {
            Trace[] found = [.. _byArrival.Where(t => Matches(t, query)).OrderByDescending(t => t.Start)];
            return ([.. found.Take(query.Limit).Select(Summarize)], found.Length);
        }
    }

    /// <summary>The spans of a trace as they came, and how many of it were not kept; null when it is not here.</summary>
    public (IReadOnlyList<TraceSpan> Spans, int Dropped)? Find(string traceId)
    {
        lock (_lock)
        {
            return _byId.TryGetValue(traceId, out var node)
                ? ([.. node.Value.Spans], node.Value.Dropped)
                : null;
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            _byId.Clear();
            _byArrival.Clear();
            _bytes = 0;
            _version++;
        }

        changes.Raise();
    }

    private static bool Matches(Trace trace, TraceQuery query)
        => (!query.ErrorsOnly || trace.HasError)
            && trace.End - trace.Start >= query.MinDuration
            && (query.Resource is null
                || trace.Spans.Any(s => s.Resource.Name == query.Resource || s.Resource.Key == query.Resource))
            && (query.Text is null || Contains(trace, query.Text));

    private static bool Contains(Trace trace, string text)
        => trace.Id.StartsWith(text, StringComparison.OrdinalIgnoreCase)
            || trace.Spans.Any(s => s.Name.Contains(text, StringComparison.OrdinalIgnoreCase)
                || s.Attributes.Any(a => a.Value.Contains(text, StringComparison.OrdinalIgnoreCase)));

    private static TraceSummary Summarize(Trace trace) => new(
        trace.Id, trace.Root.Name, trace.Root.Resource, trace.Start, trace.End - trace.Start, trace.Spans.Count, trace.HasError,
        [.. trace.Spans.GroupBy(s => s.Resource.Key).OrderBy(g => g.Min(s => s.Start))
            .Select(g => (g.First().Resource, g.Count(), g.Count(s => s.Status == TraceSpanStatus.Error)))]);

    private Trace GetOrAdd(string id)
    {
        if (_byId.TryGetValue(id, out var known))
            return known.Value;
        if (_byArrival.Count >= limits.MaxTraceCount)
            RemoveOldest();
        var trace = new Trace(id);
        _byId[id] = _byArrival.AddLast(trace);
        return trace;
    }

    private void RemoveOldest()
    {
        var oldest = _byArrival.First!.Value;
        _byArrival.RemoveFirst();
        _byId.Remove(oldest.Id);
        _bytes -= oldest.Size;
    }
}
