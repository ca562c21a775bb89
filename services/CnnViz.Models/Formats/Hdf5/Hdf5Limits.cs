namespace CnnViz.Models.Hdf5;

/// <summary>Bounds beyond which an HDF5 file is taken for damaged or hostile. None limits a file of a real network.</summary>
public static class Hdf5Limits
{
    /// <summary>Deepest nesting of groups; Keras files need about ten.</summary>
    public const int MaxDepth = 64;

    /// <summary>Most links, and most messages of objects, of one file.</summary>
    public const int MaxObjects = 1 << 18;

    /// <summary>Most stored chunks of one dataset.</summary>
    public const int MaxChunks = 1 << 20;

    /// <summary>Most attributes of one object.</summary>
    public const int MaxAttributes = 65_536;

    /// <summary>Longest name of a link or attribute, in bytes of UTF-8.</summary>
    public const int MaxNameBytes = 4_096;

    /// <summary>Most axes, the format's own bound.</summary>
    public const int MaxRank = 32;

    /// <summary>Most strings read from one dataset or attribute.</summary>
    public const int MaxStrings = 1 << 20;

    /// <summary>Deepest B-tree or heap; a tree of this depth with two children per node would fill any file.</summary>
    public const int MaxTreeDepth = 64;

    /// <summary>Most filters of one dataset, the format's own bound.</summary>
    public const int MaxFilters = 32;

    /// <summary>
    /// Bytes that the datasets whose values are not stored as they are (compressed, or never written) may declare together, for
    /// every byte of the file: deflate reaches 1,032 at most (zlib's technical notes).
    /// </summary>
    public const long MaxExpansion = 1_032;

    /// <summary>Bytes that datasets may declare beyond their stored ones in any file, however small.</summary>
    public const long MinDeclaredBytes = 64L * 1024 * 1024;

    /// <summary>A chunk up to this size is read even where it is larger than its dataset, as in datasets that can grow.</summary>
    public const long MinChunkBytes = 4L * 1024 * 1024;
}
