using System.Runtime.InteropServices;

namespace CnnViz.Imaging.Codecs;

/// <summary>The part of libjpeg-turbo's TurboJPEG C API (2.0 and later) that decoding needs, bound when first used.</summary>
internal sealed unsafe class TurboJpeg
{
    /// <summary>TJPF_RGB, TJPF_GRAY, TJPF_CMYK.</summary>
    public const int PixelsRgb = 0, PixelsGrey = 6, PixelsCmyk = 11;

    /// <summary>
    /// TJFLAG_ACCURATEDCT (the inverse DCT that other decoders use) and TJFLAG_LIMITSCANS (at most 500; ignored before 2.1).
    /// </summary>
    private const int Flags = 4096 | 32768;

    /// <summary>TJERR_WARNING: decoding went on after an error in the data.</summary>
    private const int Warning = 0;

    private static readonly string[] _names = ["libturbojpeg.so.0", "libturbojpeg.0.dylib", "turbojpeg.dll", "turbojpeg"];
    private static readonly Lazy<TurboJpeg?> _loaded = new(Load);

    private readonly delegate* unmanaged[Cdecl]<nint> _initDecompress;
    private readonly delegate* unmanaged[Cdecl]<nint, byte*, CULong, int*, int*, int*, int*, int> _decompressHeader;
    private readonly delegate* unmanaged[Cdecl]<nint, byte*, CULong, byte*, int, int, int, int, int, int> _decompress;
    private readonly delegate* unmanaged[Cdecl]<nint, byte*> _getErrorString;
    private readonly delegate* unmanaged[Cdecl]<nint, int> _getErrorCode;
    private readonly delegate* unmanaged[Cdecl]<nint, int> _destroy;

    private TurboJpeg(nint library)
    {
        _initDecompress = (delegate* unmanaged[Cdecl]<nint>)NativeLibrary.GetExport(library, "tjInitDecompress");
        _decompressHeader = (delegate* unmanaged[Cdecl]<nint, byte*, CULong, int*, int*, int*, int*, int>)
            NativeLibrary.GetExport(library, "tjDecompressHeader3");
        _decompress = (delegate* unmanaged[Cdecl]<nint, byte*, CULong, byte*, int, int, int, int, int, int>)
            NativeLibrary.GetExport(library, "tjDecompress2");
        _getErrorString = (delegate* unmanaged[Cdecl]<nint, byte*>)NativeLibrary.GetExport(library, "tjGetErrorStr2");
        _getErrorCode = (delegate* unmanaged[Cdecl]<nint, int>)NativeLibrary.GetExport(library, "tjGetErrorCode");
        _destroy = (delegate* unmanaged[Cdecl]<nint, int>)NativeLibrary.GetExport(library, "tjDestroy");
    }

    public static bool IsAvailable => _loaded.Value is not null;

    /// <exception cref="ImageFormatException">The library is not installed (reason DecoderMissing).</exception>
    public static TurboJpeg Instance => _loaded.Value ?? throw new ImageFormatException(
        ImageFormatReason.DecoderMissing,
        "JPEG needs libjpeg-turbo's TurboJPEG library 2.0 or later (libturbojpeg.so.0, Debian package libturbojpeg0), "
        + "which is not installed here.");

    /// <summary>
    /// Decodes <paramref name="file"/>, whose size was read before, into tightly packed <paramref name="pixels"/>.
    /// </summary>
    /// <exception cref="ImageFormatException">The library refuses the data, or finds another size in it.</exception>
    public void Decode(ReadOnlySpan<byte> file, int width, int height, int pixelFormat, Span<byte> pixels)
    {
        var handle = _initDecompress();
        if (handle == 0)
            throw new InvalidOperationException(
                "libturbojpeg could not start a decoder: " + Marshal.PtrToStringUTF8((nint)_getErrorString(0)));
        try
        {
            var bytesPerPixel = pixelFormat switch { PixelsRgb => 3, PixelsGrey => 1, _ => 4 };
            ArgumentOutOfRangeException.ThrowIfLessThan(pixels.Length, (long)width * height * bytesPerPixel, nameof(pixels));
            fixed (byte* source = file)
            fixed (byte* target = pixels)
            {
                int foundWidth, foundHeight, subsampling, colorSpace;
                var length = new CULong((nuint)file.Length);
                Check(handle, _decompressHeader(handle, source, length, &foundWidth, &foundHeight, &subsampling, &colorSpace));
                if (foundWidth != width || foundHeight != height)
                    throw ImageFormatException.Corrupt(
                        $"two readings of its size differ, {width}x{height} and {foundWidth}x{foundHeight}");
                Check(handle, _decompress(handle, source, length, target, width, width * bytesPerPixel, height, pixelFormat, Flags));
            }
        }
        finally
        {
            _ = _destroy(handle);
        }
    }

    private void Check(nint handle, int result)
    {
        if (result == 0)
            return;
        var message = Marshal.PtrToStringUTF8((nint)_getErrorString(handle)) ?? "unknown error";
        // Stray bytes between segments are common (cameras pad) and cost no pixel; any other warning means wrong pixels.
        if (_getErrorCode(handle) == Warning && message.Contains("extraneous bytes", StringComparison.Ordinal))
            return;
        if (message.Contains("subsampling", StringComparison.Ordinal))
            throw ImageFormatException.Unsupported("JPEG whose components are sampled in an unusual way");
        throw ImageFormatException.Corrupt(message.TrimEnd('.'));
    }

    /// <summary>Finds the library, 2.0 or later.</summary>
    internal static bool TryLoad(out nint library)
    {
        foreach (var name in _names)
        {
            if (NativeLibrary.TryLoad(name, out library) && NativeLibrary.TryGetExport(library, "tjGetErrorCode", out _))
                return true;
        }

        library = 0;
        return false;
    }

    private static TurboJpeg? Load() => TryLoad(out var library) ? new TurboJpeg(library) : null;
}
