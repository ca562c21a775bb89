using System.Runtime.InteropServices;

namespace CnnViz.Imaging.Codecs;

/// <summary>The part of libjpeg-turbo's TurboJPEG C API (2.0 and later) that encoding needs, bound when first used.</summary>
internal sealed unsafe class TurboJpegCompressor
{
    /// <summary>TJSAMP_444 and TJSAMP_GRAY: colour at full resolution, for colour maps have hard edges in colour alone.</summary>
    private const int FullColor = 0, Grey = 3;

    /// <summary>TJFLAG_ACCURATEDCT: the forward DCT that other encoders use.</summary>
    private const int Flags = 4096;

    private static readonly Lazy<TurboJpegCompressor?> _loaded = new(Load);

    private readonly delegate* unmanaged[Cdecl]<nint> _initCompress;
    private readonly delegate* unmanaged[Cdecl]<nint, byte*, int, int, int, int, byte**, CULong*, int, int, int, int> _compress;
    private readonly delegate* unmanaged[Cdecl]<nint, byte*> _getErrorString;
    private readonly delegate* unmanaged[Cdecl]<byte*, void> _free;
    private readonly delegate* unmanaged[Cdecl]<nint, int> _destroy;

    private TurboJpegCompressor(nint library)
    {
        _initCompress = (delegate* unmanaged[Cdecl]<nint>)NativeLibrary.GetExport(library, "tjInitCompress");
        _compress = (delegate* unmanaged[Cdecl]<nint, byte*, int, int, int, int, byte**, CULong*, int, int, int, int>)
            NativeLibrary.GetExport(library, "tjCompress2");
        _getErrorString = (delegate* unmanaged[Cdecl]<nint, byte*>)NativeLibrary.GetExport(library, "tjGetErrorStr2");
        _free = (delegate* unmanaged[Cdecl]<byte*, void>)NativeLibrary.GetExport(library, "tjFree");
        _destroy = (delegate* unmanaged[Cdecl]<nint, int>)NativeLibrary.GetExport(library, "tjDestroy");
    }

    public static bool IsAvailable => _loaded.Value is not null;

    /// <exception cref="ImageFormatException">The library is not installed (reason EncoderMissing).</exception>
    public static TurboJpegCompressor Instance => _loaded.Value ?? throw new ImageFormatException(
        ImageFormatReason.EncoderMissing,
        "JPEG needs libjpeg-turbo's TurboJPEG library 2.0 or later (libturbojpeg.so.0, Debian package libturbojpeg0), "
        + "which is not installed here.");

    /// <summary>Encodes a grey or RGB raster.</summary>
    public byte[] Encode(Raster raster, int quality)
    {
        var handle = _initCompress();
        if (handle == 0)
            throw new InvalidOperationException("libturbojpeg could not start an encoder: " + Message(0));
        byte* file = null;
        try
        {
            var (format, subsampling) = raster.Channels == 1 ? (TurboJpeg.PixelsGrey, Grey) : (TurboJpeg.PixelsRgb, FullColor);
            var length = new CULong(0);
            fixed (byte* pixels = raster.Pixels)
            {
                if (_compress(
                    handle, pixels, raster.Width, raster.Stride, raster.Height, format, &file, &length, subsampling, quality, Flags) != 0)
                    throw new InvalidOperationException("libturbojpeg could not encode: " + Message(handle));
            }

            return new ReadOnlySpan<byte>(file, checked((int)length.Value)).ToArray();
        }
        finally
        {
            if (file is not null)
                _free(file);
            _ = _destroy(handle);
        }
    }

    private string? Message(nint handle) => Marshal.PtrToStringUTF8((nint)_getErrorString(handle));

    private static TurboJpegCompressor? Load() => TurboJpeg.TryLoad(out var library) ? new TurboJpegCompressor(library) : null;
}
