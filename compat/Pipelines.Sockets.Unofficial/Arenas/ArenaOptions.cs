namespace Pipelines.Sockets.Unofficial.Arenas;

/// <summary>How an arena treats its memory.</summary>
[Flags]
public enum ArenaFlags
{
    /// <summary>Nothing special.</summary>
    None = 0,
}

/// <summary>How an arena gets its memory.</summary>
public sealed class ArenaOptions(ArenaFlags flags = ArenaFlags.None, int blockSizeBytes = 0, Func<long, long, long>? retentionPolicy = null)
{
    public ArenaFlags Flags { get; } = flags;

    /// <summary>Size of a block in bytes; 0 = the default.</summary>
    public int BlockSizeBytes { get; } = blockSizeBytes;

    public Func<long, long, long>? RetentionPolicy { get; } = retentionPolicy;
}

/// <summary>Where an arena's memory comes from.</summary>
public abstract class Allocator<T>
{
}
