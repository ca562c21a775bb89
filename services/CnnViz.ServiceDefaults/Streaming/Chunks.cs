namespace CnnViz.ServiceDefaults.Streaming;

/// <summary>Cuts large payloads into messages.</summary>
public static class Chunks
{
    /// <summary>Largest payload of one chunk in bytes (1 MiB): far below gRPC's default message limit of 4 MiB.</summary>
    public const int MaxBytes = 1024 * 1024;

    /// <summary>Consecutive pieces of at most <see cref="MaxBytes"/> with their offsets; none for an empty payload.</summary>
    public static IEnumerable<(ulong Offset, ReadOnlyMemory<byte> Data)> Of(ReadOnlyMemory<byte> payload)
    {
        for (var offset = 0; offset < payload.Length; offset += MaxBytes)
        {
            yield return ((ulong)offset, payload.Slice(offset, Math.Min(MaxBytes, payload.Length - offset)));
        }
    }
}
