namespace Pipelines.Sockets.Unofficial.Arenas;

/// <summary>Makes one value of another.</summary>
public delegate TTo Projection<TFrom, out TTo>(in TFrom value);

/// <summary>Makes one value of another, with a state.</summary>
public delegate TTo Projection<TFrom, TState, out TTo>(in TFrom value, in TState state);

/// <summary>Copies of sequences.</summary>
public static class SequenceExtensions
{
    public static TTo[] ToArray<TFrom, TTo>(this in Sequence<TFrom> source, Projection<TFrom, TTo> projection)
    {
        if (source.IsEmpty)
        {
            return [];
        }

        var target = new TTo[source.Length];
        source.CopyTo(target, projection);
        return target;
    }

    public static TTo[] ToArray<TFrom, TState, TTo>(
        this in Sequence<TFrom> source, Projection<TFrom, TState, TTo> projection, in TState state)
    {
        ArgumentNullException.ThrowIfNull(projection);
        var elements = source.FirstSpan;
        if (elements.IsEmpty)
        {
            return [];
        }

        var target = new TTo[elements.Length];
        for (var i = 0; i < target.Length; i++)
        {
            target[i] = projection(elements[i], state);
        }

        return target;
    }

    /// <exception cref="ArgumentException">The destination is shorter.</exception>
    public static void CopyTo<TFrom, TTo>(
        this in Sequence<TFrom> source, Span<TTo> destination, Projection<TFrom, TTo> projection)
    {
        ArgumentNullException.ThrowIfNull(projection);
        var elements = source.FirstSpan;
        if (destination.Length < elements.Length)
        {
            throw new ArgumentException("the destination is too short", nameof(destination));
        }

        for (var i = 0; i < elements.Length; i++)
        {
            destination[i] = projection(elements[i]);
        }
    }
}
