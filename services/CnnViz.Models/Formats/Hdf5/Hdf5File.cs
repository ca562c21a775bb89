namespace CnnViz.Models.Hdf5;

/// <summary>
/// An HDF5 file, read in place: what Keras and h5py write, by "HDF5 File Format Specification Version 3.0" (The HDF Group).
/// Superblocks 0 to 3, groups of both kinds, attributes, numbers and strings; contiguous, compact and chunked data, deflate,
/// shuffle and fletcher32. What is not read is refused with a message that names it.
/// <para>
/// Files are data: every offset, length and count is checked against the file and against <see cref="Hdf5Limits"/>, no structure
/// is walked twice, and no more memory is taken than the file has or declares.
/// </para>
/// <para>Safe for concurrent reads.</para>
/// </summary>
public sealed class Hdf5File : IDisposable
{
    private Hdf5File(FileContext context)
    {
        Source = context.Source;
        var superblock = Superblock.Read(context);
        Root = new ObjectTable(context).Group(superblock.RootAddress, path: "", depth: 0);
    }

    /// <summary>The group that all paths start from.</summary>
    public Hdf5Group Root { get; }

    /// <summary>
    /// The file's bytes, which <see cref="Hdf5Dataset.Stored"/> points into. A <see cref="WeightStore"/> made over them may take
    /// them over; this object then needs no disposing of its own.
    /// </summary>
    public ByteSource Source { get; }

    /// <exception cref="ModelFormatException">The file cannot be opened or is no HDF5 file of a known version; the message names
    /// file, offset and reason.</exception>
    public static Hdf5File Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Open(new FileByteSource(path), Path.GetFileName(path));
    }

    /// <param name="source">Owned by the file, also when opening fails.</param>
    /// <param name="name">What messages call the file.</param>
    /// <exception cref="ModelFormatException">It is no HDF5 file of a known version.</exception>
    public static Hdf5File Open(ByteSource source, string name) => Open(source, name, verifyChecksums: true);

    public void Dispose() => Source.Dispose();

    /// <param name="source">Owned by the file.</param>
    /// <param name="name">What messages call the file.</param>
    /// <param name="verifyChecksums">False lets mutated test files past their checksums, to what an attacker would reach.</param>
    internal static Hdf5File Open(ByteSource source, string name, bool verifyChecksums)
    {
        ArgumentNullException.ThrowIfNull(source);
        try
        {
            return new Hdf5File(new FileContext(source, name) { VerifyChecksums = verifyChecksums });
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }
}
