namespace CnnViz.Models.Hdf5;

/// <summary>What one element of a dataset is, whatever its byte order in the file.</summary>
public enum Hdf5ElementType
{
    /// <summary>A type that this reader does not decode (compounds, references, sequences ...).</summary>
    Other,

    /// <summary>IEEE half precision.</summary>
    Float16,

    /// <summary>The upper half of a float32.</summary>
    BFloat16,
    Float32,
    Float64,
    Int8,
    UInt8,
    Int16,
    UInt16,
    Int32,
    UInt32,
    Int64,
    UInt64,

    /// <summary>Text of fixed or variable length, ASCII or UTF-8.</summary>
    String,
}
