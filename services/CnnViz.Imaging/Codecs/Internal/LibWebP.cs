using System.Runtime.InteropServices;

namespace CnnViz.Imaging.Codecs;

/// <summary>The simple encoding functions of libwebp's C API, bound when first used.</summary>
internal sealed unsafe class LibWebP
{
    private static readonly string[] _names = ["libwebp.so.7", "libwebp.7.dylib", "libwebp.dll", "webp"];
    private static readonly Lazy<LibWebP?> _loaded = new(Load);

    private readonly delegate* unmanaged[Cdecl]<byte*, int, int, int, float, byte**, nuint> _encode;
    private readonly delegate* unmanaged[Cdecl]<byte*, int, int, int, byte**, nuint> _encodeLossless;
    private readonly delegate* unmanaged[Cdecl]<void*, void> _free;

    private LibWebP(nint library)
    {
        _encode = (delegate* unmanaged[Cdecl]<byte*, int, int, int, float, byte**, nuint>)NativeLibrary.GetExport(library, "WebPEncodeRGB");
        _encodeLossless = (delegate* unmanaged[Cdecl]<byte*, int, int, int, byte**, nuint>)
            NativeLibrary.GetExport(library, "WebPEncodeLosslessRGB");
        _free = (delegate* unmanaged[Cdecl]<void*, void>)NativeLibrary.GetExport(library, "WebPFree");
    }

    public static bool IsAvailable => _loaded.Value is not null;

    /// <exception cref="ImageFormatException">The library is not installed (reason EncoderMissing).</exception>
    public static LibWebP Instance => _loaded.Value ?? throw new ImageFormatException(
        ImageFormatReason.EncoderMissing, "WebP needs libwebp (libwebp.so.7, Debian package libwebp7), which is not installed here.");

    /// <summary>Encodes an RGB raster; without a quality losslessly.</summary>
    public byte[] Encode(Raster raster, int? quality)
    {
        byte* file = null;
        try
        {
            fixed (byte* pixels = raster.Pixels)
            {
                var length = quality is { } share
                    ? _encode(pixels, raster.Width, raster.Height, raster.Stride, share, &file)
                    : _encodeLossless(pixels, raster.Width, raster.Height, raster.Stride, &file);
                return length == 0
                    ? throw new InvalidOperationException("libwebp could not encode the picture")
                    : new ReadOnlySpan<byte>(file, checked((int)length)).ToArray();
            }
        }
        finally
        {
            if (file is not null)
                _free(file);
        }
    }

    private static LibWebP? Load()
    {
        foreach (var name in _names)
        {
            // WebPFree came last, with 0.5.
            if (NativeLibrary.TryLoad(name, out var library) && NativeLibrary.TryGetExport(library, "WebPFree", out _))
                return new LibWebP(library);
        }

        return null;
    }
}
