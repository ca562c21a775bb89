namespace CnnViz.Cache.Addressing;

/// <summary>What a result is kept under: the SHA-256 of everything it depends on.</summary>
public readonly struct ContentAddress : IEquatable<ContentAddress>
{
    /// <summary>Bytes of an address.</summary>
    public const int Length = 32;

    private readonly byte[] _bytes;

    /// <param name="sha256">32 bytes; copied.</param>
    public ContentAddress(ReadOnlySpan<byte> sha256)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(sha256.Length, Length, nameof(sha256));
        _bytes = sha256.ToArray();
    }

    /// <summary>The 32 bytes.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    public static bool operator ==(ContentAddress left, ContentAddress right) => left.Equals(right);

    public static bool operator !=(ContentAddress left, ContentAddress right) => !left.Equals(right);

    public bool Equals(ContentAddress other) => Bytes.SequenceEqual(other.Bytes);

    public override bool Equals(object? obj) => obj is ContentAddress other && Equals(other);

    public override int GetHashCode() => _bytes is null ? 0 : BitConverter.ToInt32(_bytes);

    /// <summary>Lower-case hex.</summary>
    public override string ToString() => Convert.ToHexStringLower(Bytes);
}
