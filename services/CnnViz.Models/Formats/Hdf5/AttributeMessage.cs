namespace CnnViz.Models.Hdf5;

/// <summary>One attribute, decoded when it is asked for.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Body">Behind the name: datatype, dataspace and data.</param>
/// <param name="TypeSize">Bytes of the datatype.</param>
/// <param name="SpaceSize">Bytes of the dataspace.</param>
/// <param name="Alignment">Datatype and dataspace are padded to a multiple of this.</param>
/// <param name="Flags">Bits 0 and 1: datatype and dataspace are stored elsewhere.</param>
internal sealed record AttributeMessage(string Name, BlockCursor Body, int TypeSize, int SpaceSize, int Alignment, byte Flags)
{
    public static AttributeMessage Parse(BlockCursor cursor)
    {
        var version = cursor.Version(1, 3, "an attribute");
        var flags = cursor.U8();
        int nameSize = cursor.U16();
        var (typeSize, spaceSize) = (cursor.U16(), cursor.U16());
        var alignment = version == 1 ? 8 : 1;
        cursor.Skip(version == 3 ? 1 : 0);
        var name = cursor.Text(nameSize, "an attribute's name");
        cursor.Skip(Padding(nameSize, alignment));
        return new AttributeMessage(name, cursor.Rest(), typeSize, spaceSize, alignment, version == 1 ? (byte)0 : flags);
    }

    /// <summary>Type, extents and a cursor at the first value, behind which all values lie.</summary>
    public (Datatype Type, Dataspace Space, BlockCursor Data) Decode()
    {
        var cursor = Body.Rest();
        if ((Flags & 3) != 0)
        {
            throw cursor.Context.Error(cursor.At, $"attribute '{Name}' has a shared datatype or dataspace: not supported");
        }

        var type = Datatype.Parse(cursor.Slice(TypeSize));
        cursor.Skip(Padding(TypeSize, Alignment));
        var space = Dataspace.Parse(cursor.Slice(SpaceSize));
        cursor.Skip(Padding(SpaceSize, Alignment));
        return space.ElementCount * type.Size <= cursor.Left
            ? (type, space, cursor)
            : throw cursor.Context.Error(
                cursor.At, $"attribute '{Name}' has {space.ElementCount} elements of {type.Size} bytes in {cursor.Left}");
    }

    private static int Padding(int size, int alignment) => (alignment - (size % alignment)) % alignment;
}
