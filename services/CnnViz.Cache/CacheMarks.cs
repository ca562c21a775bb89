using CnnViz.V1;
using Google.Protobuf;

namespace CnnViz.Cache;

/// <summary>Writes into answers where they came from.</summary>
public static class CacheMarks
{
    /// <summary>Marks messages whose execution carries the state; others pass as they are.</summary>
    /// <param name="execution">The message's execution, if it has one.</param>
    public static Func<TMessage, CacheState, TMessage> OfExecution<TMessage>(Func<TMessage, Execution?> execution)
        where TMessage : class, IDeepCloneable<TMessage> => (message, state) =>
    {
        if (execution(message) is not { } found || found.Cache == state)
        {
            return message;
        }

        var marked = message.Clone();
        execution(marked)!.Cache = state;
        return marked;
    };
}
