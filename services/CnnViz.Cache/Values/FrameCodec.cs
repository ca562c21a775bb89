using Google.Protobuf;

namespace CnnViz.Cache.Values;

/// <summary>A stream's messages as one value: each preceded by its length as a varint.</summary>
internal static class FrameCodec<TMessage>
    where TMessage : class, IMessage<TMessage>, new()
{
    private static readonly MessageParser<TMessage> _parser = new(() => new TMessage());

    public static byte[] Encode(IReadOnlyList<TMessage> frames)
    {
        var length = frames.Sum(frame =>
        {
            var size = frame.CalculateSize();
            return CodedOutputStream.ComputeLengthSize(size) + size;
        });
        var bytes = new byte[length];
        var output = new CodedOutputStream(bytes);
        foreach (var frame in frames)
        {
            output.WriteMessage(frame);
        }

        output.CheckNoSpaceLeft();
        return bytes;
    }

    /// <summary>The messages; null for bytes that are none.</summary>
    public static IReadOnlyList<TMessage>? TryDecode(byte[] bytes)
    {
        var frames = new List<TMessage>();
        try
        {
            var input = new CodedInputStream(bytes);
            while (!input.IsAtEnd)
            {
                frames.Add(_parser.ParseFrom(input.ReadBytes()));
            }
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }

        return frames.Count > 0 ? frames : null;
    }
}
