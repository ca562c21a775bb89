namespace CnnViz.Imaging;

/// <summary>Why encoded bytes were refused.</summary>
public enum ImageFormatReason
{
    /// <summary>The bytes start like no supported format.</summary>
    UnknownFormat,

    /// <summary>The bytes end too early.</summary>
    Truncated,

    /// <summary>The bytes contradict themselves: a wrong checksum, a field out of range, broken compression.</summary>
    Corrupt,

    /// <summary>A valid variant of the format that is not supported here.</summary>
    Unsupported,

    /// <summary>A limit is exceeded; <see cref="ImageFormatException.LimitName"/>, Value and Limit are set.</summary>
    LimitExceeded,

    /// <summary>The format's native decoder is not installed on this machine: not the sender's fault.</summary>
    DecoderMissing,

    /// <summary>The format's native encoder is not installed on this machine: not the asker's fault.</summary>
    EncoderMissing,
}

/// <summary>Encoded bytes that cannot be made a picture. No other exception leaves a decoder, whatever the bytes.</summary>
public sealed class ImageFormatException : Exception
{
    public ImageFormatException(ImageFormatReason reason, string message, Exception? innerException = null)
        : base(message, innerException) => Reason = reason;

    private ImageFormatException(string limitName, long value, long limit)
        : base($"The image's {limitName} is {value}; the limit is {limit}.")
    {
        Reason = ImageFormatReason.LimitExceeded;
        LimitName = limitName;
        Value = value;
        Limit = limit;
    }

    public ImageFormatReason Reason { get; }

    /// <summary>What the limit is of ("width", "pixel count", ...); null unless <see cref="Reason"/> is LimitExceeded.</summary>
    public string? LimitName { get; }

    /// <summary>The image's value; null unless <see cref="Reason"/> is LimitExceeded.</summary>
    public long? Value { get; }

    /// <summary>The largest value allowed; null unless <see cref="Reason"/> is LimitExceeded.</summary>
    public long? Limit { get; }

    internal static ImageFormatException Truncated(string what) =>
        new(ImageFormatReason.Truncated, $"The image ends too early: {what}.");

    internal static ImageFormatException Corrupt(string what, Exception? inner = null) =>
        new(ImageFormatReason.Corrupt, $"The image is corrupt: {what}.", inner);

    internal static ImageFormatException Unsupported(string what) =>
        new(ImageFormatReason.Unsupported, $"The image is not supported: {what}.");

    internal static ImageFormatException OverLimit(string name, long value, long limit) => new(name, value, limit);
}
