namespace CnnViz.ServiceDefaults.Telemetry.Prometheus;

/// <summary>A measurement's attributes, whatever order they came in: names and values as text, sorted by name.</summary>
internal readonly struct TagSet : IEquatable<TagSet>
{
    private readonly KeyValuePair<string, string>[]? _tags;
    private readonly int _hash;

    private TagSet(KeyValuePair<string, string>[] tags)
    {
        _tags = tags;
        var hash = default(HashCode);
        foreach (var (name, value) in tags)
        {
            hash.Add(name, StringComparer.Ordinal);
            hash.Add(value, StringComparer.Ordinal);
        }

        _hash = hash.ToHashCode();
    }

    /// <summary>What series beyond the limit are counted under.</summary>
    public static TagSet Overflow { get; } = new([new("otel_metric_overflow", "true")]);

    public ReadOnlySpan<KeyValuePair<string, string>> Tags => _tags;

    /// <summary>Copies attributes; of two with one name the last counts, and one without a value is left out.</summary>
    public static TagSet Of(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty)
        {
            return new TagSet([]);
        }

        // By insertion: there are few, and this happens at every measurement.
        var sorted = new KeyValuePair<string, string>[tags.Length];
        var count = 0;
        foreach (var (name, value) in tags)
        {
            if (value is null)
            {
                continue;
            }

            var place = count;
            while (place > 0 && string.CompareOrdinal(sorted[place - 1].Key, name) > 0)
            {
                place--;
            }

            var again = place > 0 && sorted[place - 1].Key == name;
            if (!again)
            {
                Array.Copy(sorted, place, sorted, place + 1, count - place);
                count++;
            }

            sorted[again ? place - 1 : place] = new(name, Text(value));
        }

        return new TagSet(count == sorted.Length ? sorted : sorted[..count]);
    }

    public bool Equals(TagSet other)
    {
        var ours = Tags;
        var theirs = other.Tags;
        if (_hash != other._hash || ours.Length != theirs.Length)
        {
            return false;
        }

        for (var i = 0; i < ours.Length; i++)
        {
            if (ours[i].Key != theirs[i].Key || ours[i].Value != theirs[i].Value)
            {
                return false;
            }
        }

        return true;
    }

    public override bool Equals(object? obj) => obj is TagSet other && Equals(other);

    public override int GetHashCode() => _hash;

    private static string Text(object value) => value switch
    {
        string text => text,
        bool flag => flag ? "true" : "false",
        IFormattable number => number.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}
