using CnnViz.Models.Hdf5;

namespace CnnViz.Models.Tests.Hdf5;

/// <summary>Reads all of a file: what a mutated one must survive.</summary>
internal static class Hdf5Reading
{
    /// <summary>Datasets beyond this many elements are not read; what they declare is bounded elsewhere.</summary>
    private const long MostElements = 4 * 1024 * 1024;

    /// <returns>The number of objects that could be read; those that could not were refused with the one exception.</returns>
    public static (int Read, int Refused) Everything(byte[] bytes, bool verifyChecksums)
    {
        var (read, refused) = (0, 0);
        try
        {
            using var file = Hdf5File.Open(new MemoryByteSource(bytes), "mutated.h5", verifyChecksums);
            var pending = new Stack<Hdf5Group>([file.Root]);
            while (pending.TryPop(out var group))
            {
                Try(() => Attributes(group.Attributes));
                IReadOnlyList<string> names = [];
                Try(() => names = group.Names);
                foreach (var name in names)
                {
                    Try(() =>
                    {
                        if (group.Group(name) is { } child)
                        {
                            pending.Push(child);
                        }
                    });
                    Try(() => Dataset(group.Dataset(name)));
                }
            }
        }
        catch (ModelFormatException e)
        {
            Refuse(e);
        }

        return (read, refused);

        void Try(Action action)
        {
            try
            {
                action();
                read++;
            }
            catch (ModelFormatException e)
            {
                Refuse(e);
            }
        }

        void Refuse(ModelFormatException e)
        {
            refused++;
            Assert.StartsWith("mutated.h5: byte ", e.Message, StringComparison.Ordinal);
        }
    }

    private static void Dataset(Hdf5Dataset? dataset)
    {
        if (dataset is null || dataset.ElementCount > MostElements)
        {
            return;
        }

        Attributes(dataset.Attributes);
        if (dataset.Stored("w") is { } stored)
        {
            Assert.InRange(stored.ByteLength, 0, dataset.DeclaredBytes);
        }

        if (dataset.ElementType == Hdf5ElementType.String)
        {
            dataset.ReadStrings();
        }
        else
        {
            dataset.ReadFloats(new float[dataset.ElementCount]);
        }
    }

    private static void Attributes(Hdf5Attributes attributes)
    {
        foreach (var name in attributes.Names)
        {
            attributes.Strings(name);
            attributes.Numbers(name);
        }
    }
}
