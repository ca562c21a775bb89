namespace Aspire.Dashboard.Telemetry;

/// <summary>What log records to give.</summary>
internal sealed record LogQuery
{
    /// <summary>Name or key of the resource; null: all.</summary>
    public string? Resource { get; init; }

    /// <summary>At least this grave.</summary>
    public LogSeverity Level { get; init; }

    /// <summary>In the message, the category or an attribute's value, without case; null: anything.</summary>
    public string? Text { get; init; }

    public string? TraceId { get; init; }

    public string? SpanId { get; init; }

    /// <summary>Only records with an id above this one.</summary>
    public long After { get; init; }

    /// <summary>Only records with an id below this one; 0: all.</summary>
    public long Before { get; init; }

    /// <summary>At most this many, the newest.</summary>
    public int Limit { get; init; } = 500;
}

/// <summary>The newest log records of all resources.</summary>
internal sealed class LogStore(TelemetryLimits limits, ChangeSignal changes)
{
    private readonly Lock _lock = new();
    private readonly RingBuffer<LogEntry> _entries = new(limits.MaxLogCount);
    private readonly Dictionary<string, int> _errors = [];
    private long _lastId;
    private long _bytes;

    public void Add(IReadOnlyList<LogEntry> entries)
    {
        if (entries.Count == 0)
            return;
        lock (_lock)
        {
            foreach (var entry in entries)
            {
                while (_entries.Count > 0 && (_entries.Count >= limits.MaxLogCount || _bytes + entry.Size > limits.MaxBytes))
                    Forget(_entries.RemoveOldest());
                entry.Id = ++_lastId;
                _entries.Add(entry);
                _bytes += entry.Size;
                Count(entry, 1);
            }
        }

        changes.Raise();
    }

    /// <summary>The records that match, in order of time, and how many match in all.</summary>
    public (IReadOnlyList<LogEntry> Entries, int Total) Find(LogQuery query)
    {
        var found = new List<LogEntry>();
        var total = 0;
        lock (_lock)
        {
            for (var i = _entries.Count - 1; i >= 0; i--)
            {
                var entry = _entries[i];
                if (entry.Id <= query.After)
                    break;
                if (!Matches(entry, query))
                    continue;
                total++;
                if (found.Count < query.Limit && (query.Before == 0 || entry.Id < query.Before))
                    found.Add(entry);
            }
        }

        // Senders are heard one after the other: by arrival their records would not be in order.
        return ([.. found.OrderBy(e => e.Time).ThenBy(e => e.Id)], total);
    }

    public LogEntry? Find(long id)
    {
        lock (_lock)
        {
            if (_entries.Count == 0)
                return null;
            var index = id - _entries[0].Id;
            return index >= 0 && index < _entries.Count ? _entries[(int)index] : null;
        }
    }

    /// <summary>How many errors are kept of each resource.</summary>
    public IReadOnlyDictionary<string, int> ErrorCounts()
    {
        lock (_lock)
            return new Dictionary<string, int>(_errors);
    }

    /// <summary>Id of the newest record.</summary>
    public long LastId
    {
        get
        {
            lock (_lock)
                return _lastId;
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            _entries.Clear();
            _errors.Clear();
            _bytes = 0;
        }

        changes.Raise();
    }

    private static bool Matches(LogEntry entry, LogQuery query)
        => entry.Severity >= query.Level
            && (query.Resource is null || entry.Resource.Name == query.Resource || entry.Resource.Key == query.Resource)
            && (query.TraceId is null || entry.TraceId.StartsWith(query.TraceId, StringComparison.OrdinalIgnoreCase))
            && (query.SpanId is null || entry.SpanId == query.SpanId)
            && (query.Text is null || Contains(entry, query.Text));

    private static bool Contains(LogEntry entry, string text)
        => entry.Message.Contains(text, StringComparison.OrdinalIgnoreCase)
            || entry.Scope.Name.Contains(text, StringComparison.OrdinalIgnoreCase)
            || entry.Attributes.Any(a => a.Value.Contains(text, StringComparison.OrdinalIgnoreCase));

    private void Forget(LogEntry entry)
    {
        _bytes -= entry.Size;
        Count(entry, -1);
    }

    private void Count(LogEntry entry, int change)
    {
        if (entry.Severity < LogSeverity.Error)
            return;
        var count = _errors.GetValueOrDefault(entry.Resource.Key) + change;
        if (count > 0)
            _errors[entry.Resource.Key] = count;
        else
            _errors.Remove(entry.Resource.Key);
    }
}
