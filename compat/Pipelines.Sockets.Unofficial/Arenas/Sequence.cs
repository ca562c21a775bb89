namespace Pipelines.Sockets.Unofficial.Arenas;

/// <summary>Consecutive elements of an arena whose type is not in the signature; valid until the arena is reset.</summary>
public readonly struct Sequence
{
    private readonly Array? _array;
    private readonly int _offset;
    private readonly int _count;

    internal Sequence(Array? array, int offset, int count) => (_array, _offset, _count) = (array, offset, count);

    public long Length => _count;

    /// <exception cref="InvalidCastException">The elements are of another type.</exception>
    public Sequence<T> Cast<T>() => _count == 0 ? default : new Sequence<T>((T[])_array!, _offset, _count);
}

/// <summary>Consecutive elements of an arena; valid until the arena is reset.</summary>
public readonly struct Sequence<T>
{
    private readonly T[]? _array;
    private readonly int _offset;
    private readonly int _count;

    internal Sequence(T[] array, int offset, int count) => (_array, _offset, _count) = (array, offset, count);

    public long Length => _count;

    public bool IsEmpty => _count == 0;

    public bool IsSingleSegment => true;

    public Span<T> FirstSpan => new(_array, _offset, _count);

    public SpanEnumerable Spans => new(this);

    public ref T this[int index] => ref FirstSpan[index];

    public Sequence Untyped() => new(_array, _offset, _count);

    public Enumerator GetEnumerator() => new(this);

    /// <summary>The elements, by reference.</summary>
    public struct Enumerator
    {
        private readonly Sequence<T> _sequence;
        private int _index;

        internal Enumerator(Sequence<T> sequence)
        {
            _sequence = sequence;
            _index = -1;
        }

        public readonly ref T Current => ref _sequence[_index];

        public bool MoveNext() => ++_index < _sequence._count;

        /// <exception cref="InvalidOperationException">There is no further element.</exception>
        public ref T GetNext()
        {
            if (!MoveNext())
            {
                throw new InvalidOperationException("the sequence has no further element");
            }

            return ref Current;
        }
    }

    /// <summary>The segments.</summary>
    public readonly ref struct SpanEnumerable
    {
        private readonly Sequence<T> _sequence;

        internal SpanEnumerable(Sequence<T> sequence) => _sequence = sequence;

        public SpanEnumerator GetEnumerator() => new(_sequence);
    }

    /// <summary>The segments: one, or none of an empty sequence.</summary>
    public ref struct SpanEnumerator
    {
        private readonly Span<T> _elements;
        private bool _moved;

        internal SpanEnumerator(Sequence<T> sequence) => _elements = sequence.FirstSpan;

        public readonly Span<T> Current => _elements;

        public bool MoveNext()
        {
            var first = !_moved && !_elements.IsEmpty;
            _moved = true;
            return first;
        }
    }
}
