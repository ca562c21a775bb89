using System.Buffers;

namespace Grpc.Core;

/// <summary>Where a marshaller puts a message's bytes. Exactly one <c>Complete</c> call ends it.</summary>
public abstract class SerializationContext
{
    /// <summary>Ends serialization with the whole payload; the array belongs to the context afterwards.</summary>
    public virtual void Complete(byte[] payload) => throw new NotImplementedException();

    /// <summary>A writer for the payload; end with <see cref="Complete()"/>.</summary>
    public virtual IBufferWriter<byte> GetBufferWriter() => throw new NotImplementedException();

    /// <summary>
    /// Announces the payload's length in bytes, so that the transport can size its buffer and write the frame header.
    /// </summary>
    public virtual void SetPayloadLength(int payloadLength)
    {
    }

    /// <summary>Ends serialization of what was written to <see cref="GetBufferWriter"/>.</summary>
    public virtual void Complete() => throw new NotImplementedException();
}
