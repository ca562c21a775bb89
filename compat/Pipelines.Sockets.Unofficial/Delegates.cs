using System.Collections;

namespace Pipelines.Sockets.Unofficial;

/// <summary>The targets of a delegate, without an array of them where there is one.</summary>
public static class Delegates
{
    /// <summary>True when there is exactly one target.</summary>
    public static bool IsSingle(this MulticastDelegate handler) => handler.HasSingleTarget;

    /// <summary>The targets in order; none of null.</summary>
    public static DelegateEnumerable<T> AsEnumerable<T>(this T? handler)
        where T : MulticastDelegate => new(handler);

    /// <summary>The targets of a delegate.</summary>
    public readonly struct DelegateEnumerable<T>
        where T : MulticastDelegate
    {
        private readonly T? _handler;

        internal DelegateEnumerable(T? handler) => _handler = handler;

        public DelegateEnumerator<T> GetEnumerator() => new(_handler);
    }

    /// <summary>Walks the targets.</summary>
    public struct DelegateEnumerator<T> : IEnumerator<T>
        where T : MulticastDelegate
    {
        private Delegate.InvocationListEnumerator<T> _targets;

        internal DelegateEnumerator(T? handler) => _targets = Delegate.EnumerateInvocationList(handler);

        public readonly T Current => _targets.Current;

        readonly object IEnumerator.Current => Current;

        public bool MoveNext() => _targets.MoveNext();

        /// <summary>Not offered: a walk is made once.</summary>
        /// <exception cref="NotSupportedException">Always.</exception>
        public readonly void Reset() => throw new NotSupportedException("a walk over a delegate's targets is made once");

        /// <summary>Nothing to release.</summary>
        public readonly void Dispose()
        {
        }
    }
}
