namespace TorchSharp;

public static unsafe partial class torch
{
    /// <summary>A tensor of undefined values; float32 on the CPU by default.</summary>
    public static Tensor empty(
        long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
    {
        RequireUnnamed(names);
        var place = device ?? CPU;
        fixed (long* p = size)
        {
            var result = Native.Wrap(
                Native.ts_empty(p, size.Length, (sbyte)(dtype ?? ScalarType.Float32), (int)place.type, place.index));
            return WithGradient(result, requires_grad);
        }
    }

    /// <summary>A tensor of ones; float32 on the CPU by default.</summary>
    public static Tensor ones(
        long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
    {
        RequireUnnamed(names);
        var place = device ?? CPU;
        fixed (long* p = size)
        {
            var result = Native.Wrap(
                Native.ts_ones(p, size.Length, (sbyte)(dtype ?? ScalarType.Float32), (int)place.type, place.index));
            return WithGradient(result, requires_grad);
        }
    }

    /// <summary>A 1-D float32 tensor with a copy of the array.</summary>
    public static Tensor tensor(
        float[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => tensor(rawArray, [rawArray.Length], dtype, device, requires_grad, names);

    /// <summary>A float32 tensor with a copy of the array, row-major.</summary>
    public static Tensor tensor(
        float[] rawArray,
        ReadOnlySpan<long> dimensions,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false,
        string[]? names = null)
        => FromArray(rawArray, dimensions, ScalarType.Float32, dtype, device, requires_grad, names);

    /// <summary>A 1-D int64 tensor with a copy of the array.</summary>
    public static Tensor tensor(
        long[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => FromArray(rawArray, [rawArray.Length], ScalarType.Int64, dtype, device, requires_grad, names);

    /// <summary>Joins tensors along one dimension.</summary>
    public static Tensor cat(IList<Tensor> tensors, long dim = 0)
    {
        using var pinned = new HandleList(tensors);
        fixed (nint* p = pinned.Pointers)
        {
            return Native.Wrap(Native.ts_cat(p, pinned.Pointers.Length, dim));
        }
    }

    private static Tensor FromArray<T>(
        T[] values, ReadOnlySpan<long> dimensions, ScalarType type, ScalarType? wanted, Device? device, bool requiresGrad, string[]? names)
        where T : unmanaged
    {
        RequireUnnamed(names);
        if (wanted is { } other && other != type)
        {
            throw new NotImplementedException($"tensor keeps the array's type, {type}.");
        }

        fixed (T* data = values)
        fixed (long* size = dimensions)
        {
            var result = Native.Wrap(
                Native.ts_from_data(data, values.LongLength * sizeof(T), size, dimensions.Length, (sbyte)type));
            if (device is not null && device.type != DeviceType.CPU)
            {
                result = result.to(device, disposeAfter: true);
            }

            return WithGradient(result, requiresGrad);
        }
    }

    private static Tensor WithGradient(Tensor tensor, bool requiresGrad)
    {
        if (requiresGrad)
        {
            tensor.requires_grad = true;
        }

        return tensor;
    }

    private static void RequireUnnamed(string[]? names)
    {
        if (names is { Length: > 0 })
        {
            throw new NotImplementedException("Named dimensions are not supported here.");
        }
    }
}
