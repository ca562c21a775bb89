using System.Runtime.InteropServices;
using System.Security.Cryptography;
using CnnViz.Engine.Maximization;

namespace CnnViz.Inference.Runs;

/// <summary>A group's state as bytes: SHA-256 of the rest, then little-endian numbers.</summary>
internal static class CheckpointCodec
{
    private const int Version = 1;

    public static byte[] Encode(GroupCheckpoint state)
    {
        using var stream = new MemoryStream();
        stream.Write(new byte[SHA256.HashSizeInBytes]);
        using var writer = new BinaryWriter(stream);
        writer.Write(Version);
        writer.Write(state.Group);
        writer.Write(state.Step);
        writer.Write(state.Pictures.Count);
        foreach (var picture in state.Pictures)
        {
            writer.Write(picture.HadGradient);
            foreach (var values in new[] { picture.Parameters, picture.Optimizer, picture.Mask })
            {
                writer.Write(values.Length);
                writer.Write(MemoryMarshal.AsBytes(values.Span));
            }
        }

        writer.Flush();
        var bytes = stream.ToArray();
        SHA256.HashData(bytes.AsSpan(SHA256.HashSizeInBytes), bytes);
        return bytes;
    }

    /// <summary>The state; null where the bytes are damaged or of another version, and the group begins anew.</summary>
    public static GroupCheckpoint? TryDecode(byte[] bytes)
    {
        const int head = SHA256.HashSizeInBytes;
        if (bytes.Length < head || !SHA256.HashData(bytes.AsSpan(head)).AsSpan().SequenceEqual(bytes.AsSpan(0, head)))
        {
            return null;
        }

        // What the digest has confirmed was written by Encode, so its lengths are right.
        using var reader = new BinaryReader(new MemoryStream(bytes, head, bytes.Length - head));
        if (reader.ReadInt32() != Version)
        {
            return null;
        }

        var (group, step, count) = (reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32());
        var pictures = new List<PictureState>(count);
        for (var i = 0; i < count; i++)
        {
            var had = reader.ReadBoolean();
            pictures.Add(new PictureState(Values(reader), Values(reader), Values(reader), had));
        }

        return new GroupCheckpoint(group, step, pictures);
    }

    private static float[] Values(BinaryReader reader)
    {
        var values = new float[reader.ReadInt32()];
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }
}
