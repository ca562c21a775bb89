namespace CnnViz.Engine.Numerics;

/// <summary>
/// A counter-based random generator: Philox4x32 with 10 rounds (Salmon, Moraes, Dror and Shaw, "Parallel Random Numbers: As Easy
/// as 1, 2, 3", SC 2011). A stream is named by (seed, purpose, index) and streams never overlap, so what one filter or one step
/// draws does not depend on which other filters or steps there are, nor on the order in which they run.
/// </summary>
public sealed class CounterRandom
{
    private const uint Multiplier0 = 0xD2511F53;
    private const uint Multiplier1 = 0xCD9E8D57;
    private const uint Weyl0 = 0x9E3779B9;
    private const uint Weyl1 = 0xBB67AE85;
    private const int Rounds = 10;

    private readonly ulong _key;
    private readonly uint _purpose;
    private readonly ulong _index;
    private readonly uint[] _block = new uint[4];
    private uint _nextBlock;
    private int _used = 4;
    private double _spareNormal = double.NaN;

    /// <param name="seed">The caller's seed: Philox's key.</param>
    /// <param name="purpose">What the numbers are for; one of the counter's words.</param>
    /// <param name="index">Which filter, step or image they are for; two of the counter's words.</param>
    public CounterRandom(ulong seed, RandomPurpose purpose, ulong index)
    {
        _key = seed;
        _purpose = (uint)purpose;
        _index = index;
    }

    /// <summary>The next 32 uniform bits.</summary>
    public uint NextUInt32()
    {
        if (_used == 4)
        {
            Philox(_nextBlock, _purpose, (uint)_index, (uint)(_index >> 32), (uint)_key, (uint)(_key >> 32), _block);
            _nextBlock++;
            _used = 0;
        }

        return _block[_used++];
    }

    /// <summary>Uniform in [0, 1), a multiple of 2^-24, so that it is exact in float32.</summary>
    public float NextSingle() => (NextUInt32() >> 8) * (1f / (1 << 24));

    /// <summary>Uniform in [low, high).</summary>
    public double NextDouble(double low, double high) => low + ((high - low) * (NextUInt32() * (1.0 / 4294967296.0)));

    /// <summary>Uniform integer in low..high, both included. The bias is below (high - low + 1) / 2^32.</summary>
    public int NextInt32(int low, int high)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(high, low);
        var count = (ulong)((long)high - low + 1);
        return (int)(low + (long)((NextUInt32() * count) >> 32));
    }

    /// <summary>Standard normal, by the Box-Muller transform.</summary>
    public double NextNormal()
    {
        if (!double.IsNaN(_spareNormal))
        {
            var spare = _spareNormal;
            _spareNormal = double.NaN;
            return spare;
        }

        // The half keeps the logarithm's argument above 0.
        var radius = Math.Sqrt(-2 * Math.Log((NextUInt32() + 0.5) * (1.0 / 4294967296.0)));
        var (sine, cosine) = Math.SinCos(2 * Math.PI * (NextUInt32() * (1.0 / 4294967296.0)));
        _spareNormal = radius * sine;
        return radius * cosine;
    }

    /// <summary>One block of Philox4x32-10: four words of counter and two of key to four words.</summary>
    internal static void Philox(uint c0, uint c1, uint c2, uint c3, uint k0, uint k1, Span<uint> block)
    {
        for (var round = 0; round < Rounds; round++)
        {
            var product0 = (ulong)Multiplier0 * c0;
            var product1 = (ulong)Multiplier1 * c2;
            (c0, c2) = ((uint)(product1 >> 32) ^ c1 ^ k0, (uint)(product0 >> 32) ^ c3 ^ k1);
            (c1, c3) = ((uint)product1, (uint)product0);
            k0 += Weyl0;
            k1 += Weyl1;
        }

        (block[0], block[1], block[2], block[3]) = (c0, c1, c2, c3);
    }
}

/// <summary>What a <see cref="CounterRandom"/> is for; keeps streams with the same seed and index apart.</summary>
public enum RandomPurpose
{
    /// <summary>A filter's starting picture; the index is the filter.</summary>
    Start = 1,

    /// <summary>A step's transform; the index is the step.</summary>
    Transform = 2,
}
