namespace CnnViz.Imaging.Codecs;

/// <summary>
/// GIF's variable-length LZW for 8-bit indices: codes of 9 to 12 bits, lowest bit first, in blocks of at most 255 bytes.
/// </summary>
internal static class GifLzw
{
    private const int Bits = 8;
    private const int Clear = 1 << Bits;
    private const int End = Clear + 1;
    private const int MaxCodes = 4096;

    public static void Write(PooledBufferStream output, ReadOnlySpan<byte> indices)
    {
        // children[code * 256 + index] is the code of that string and one more index; 0 = none, for no string has code 0's
        // parent.
        var children = new ushort[MaxCodes << Bits];
        var bits = new BitBlocks(output);
        output.Write([Bits]);
        var (size, next) = (Bits + 1, End + 1);
        bits.Write(Clear, size);
        var current = (int)indices[0];
        foreach (var index in indices[1..])
        {
            ref var child = ref children[(current << Bits) + index];
            if (child != 0)
            {
                current = child;
                continue;
            }

            bits.Write(current, size);
            if (next < MaxCodes)
            {
                // The reader learns each string one code later than the writer, so codes widen when the next no longer fits.
                if (next == 1 << size)
                    size++;
                child = (ushort)next++;
            }
            else
            {
                bits.Write(Clear, size);
                Array.Clear(children);
                (size, next) = (Bits + 1, End + 1);
            }

            current = index;
        }

        bits.Write(current, size);
        // After that code the reader's table has grown by one more, which may widen the last code.
        if (next < MaxCodes && next == 1 << size)
            size++;
        bits.Write(End, size);
        bits.Finish();
        output.Write([0]);
    }

    /// <summary>Packs codes into bytes, lowest bit first, and bytes into length-prefixed blocks.</summary>
    private sealed class BitBlocks(PooledBufferStream output)
    {
        private readonly byte[] _block = new byte[256];
        private int _filled;
        private uint _bits;
        private int _count;

        public void Write(int code, int size)
        {
            _bits |= (uint)code << _count;
            for (_count += size; _count >= 8; _count -= 8, _bits >>= 8)
                Add((byte)_bits);
        }

        public void Finish()
        {
            if (_count > 0)
                Add((byte)_bits);
            if (_filled > 0)
                Flush();
        }

        private void Add(byte value)
        {
            _block[++_filled] = value;
            if (_filled == 255)
                Flush();
        }

        private void Flush()
        {
            _block[0] = (byte)_filled;
            output.Write(_block.AsSpan(0, _filled + 1));
            _filled = 0;
        }
    }
}
