using System.Runtime.InteropServices;

namespace TorchSharp;

/// <summary>The C++ shim's functions; native/ says what each does.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Style", "IDE1006", Justification = "Native names.")]
internal static unsafe partial class Native
{
    private const string Library = "libTorchShim.so";

    [LibraryImport(Library)]
    internal static partial byte* ts_last_error();

    [LibraryImport(Library)]
    internal static partial void ts_free(nint tensor);

    [LibraryImport(Library)]
    internal static partial TensorHandle ts_empty(long* size, int rank, sbyte type, int deviceType, int deviceIndex);

    [LibraryImport(Library)]
    internal static partial TensorHandle ts_ones(long* size, int rank, sbyte type, int deviceType, int deviceIndex);

    [LibraryImport(Library)]
    internal static partial TensorHandle ts_from_data(void* data, long bytes, long* size, int rank, sbyte type);

    [LibraryImport(Library)]
    internal static partial TensorHandle ts_alias(TensorHandle tensor);

    [LibraryImport(Library)]
    internal static partial TensorHandle ts_detach(TensorHandle tensor);

    [LibraryImport(Library)]
    internal static partial TensorHandle ts_contiguous(TensorHandle tensor);

    [LibraryImport(Library)]
    internal static partial TensorHandle ts_to_device(TensorHandle tensor, int deviceType, int deviceIndex, byte copy, byte nonBlocking);

    [LibraryImport(Library)]
    internal static partial long ts_rank(TensorHandle tensor);

    [LibraryImport(Library)]
    internal static partial int ts_sizes(TensorHandle tensor, long* destination);

    [LibraryImport(Library)]
    internal static partial void* ts_data(TensorHandle tensor);

    [LibraryImport(Library)]
    internal static partial int ts_is_contiguous(TensorHandle tensor);

    [LibraryImport(Library)]
    internal static partial int ts_type(TensorHandle tensor);

    [LibraryImport(Library)]
    internal static partial long ts_element_size(TensorHandle tensor);

    [LibraryImport(Library)]
    internal static partial int ts_device_type(TensorHandle tensor);

    [LibraryImport(Library)]
    internal static partial int ts_device_index(TensorHandle tensor);

    [LibraryImport(Library)]
    internal static partial int ts_requires_grad(TensorHandle tensor);

    [LibraryImport(Library)]
    internal static partial int ts_set_requires_grad(TensorHandle tensor, byte requiresGrad);

    [LibraryImport(Library)]
    internal static partial int ts_get_num_threads();

    [LibraryImport(Library)]
    internal static partial int ts_set_num_threads(int threads);

    [LibraryImport(Library)]
    internal static partial int ts_grad_enabled();

    [LibraryImport(Library)]
    internal static partial void ts_set_grad_enabled(byte enabled);

    [LibraryImport(Library)]
    internal static partial int ts_cuda_is_available();

    [LibraryImport(Library)]
    internal static partial int ts_get_allow_tf32(int library);

    [LibraryImport(Library)]
    internal static partial int ts_set_allow_tf32(int library, byte allow);

    [LibraryImport(Library)]
    internal static partial int ts_grad(
        nint* outputs, int outputCount, nint* inputs, int inputCount, nint* gradOutputs, int gradCount, byte retainGraph, byte createGraph, byte allowUnused, nint* results);

    [LibraryImport(Library)]
    internal static partial TensorHandle ts_binary(int kind, TensorHandle left, TensorHandle right);

    [LibraryImport(Library)]
    internal static partial TensorHandle ts_binary_scalar(int kind, TensorHandle left, double right);

    [LibraryImport(Library)]
    internal static partial TensorHandle ts_unary(int kind, TensorHandle x);

    [LibraryImport(Library)]
    internal static partial TensorHandle ts_clamp(TensorHandle x, byte hasMin, double min, byte hasMax, double max);

    [LibraryImport(Library)]
    internal static partial TensorHandle ts_softplus(TensorHandle x, double beta, double threshold);

    [LibraryImport(Library)]
    internal static partial TensorHandle ts_threshold(TensorHandle x, double threshold, double value, byte inplace);

    [LibraryImport(Library)]
    internal static partial TensorHandle ts_prelu(TensorHandle x, TensorHandle weight);

    [LibraryImport(Library)]
    internal static partial TensorHandle ts_activation(int kind, TensorHandle x, double parameter, byte inplace);

    [LibraryImport(Library)]
    internal static partial TensorHandle ts_softmax(TensorHandle x, long dim);

    [LibraryImport(Library)]
    internal static partial TensorHandle ts_conv2d(
        TensorHandle x, TensorHandle weight, nint bias, long* stride, int strideLength, long* padding, int paddingLength, long* dilation, int dilationLength, long groups);

    [LibraryImport(Library)]
    internal static partial TensorHandle ts_conv_transpose2d(
        TensorHandle x, TensorHandle weight, nint bias, long* stride, int strideLength, long* padding, int paddingLength, long* outputPadding, int outputPaddingLength, long* dilation, int dilationLength, long groups);

    [LibraryImport(Library)]
    internal static partial TensorHandle ts_linear(TensorHandle x, TensorHandle weight, nint bias);

    [LibraryImport(Library)]
    internal static partial TensorHandle ts_batch_norm(
        TensorHandle x, nint mean, nint variance, nint weight, nint bias, byte training, double momentum, double epsilon);

    [LibraryImport(Library)]
    internal static partial TensorHandle ts_max_pool2d(
        TensorHandle x, long* kernel, int kernelLength, long* stride, int strideLength, long* padding, int paddingLength, long* dilation, int dilationLength, byte ceilMode);

    [LibraryImport(Library)]
    internal static partial TensorHandle ts_avg_pool2d(
        TensorHandle x, long* kernel, int kernelLength, long* stride, int strideLength, long* padding, int paddingLength, byte ceilMode, byte countIncludePad, long divisor);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial TensorHandle ts_pad(TensorHandle x, long* pad, int padLength, string mode, double value);

    [LibraryImport(Library)]
    internal static partial TensorHandle ts_interpolate(
        TensorHandle x, long* size, int sizeLength, double* scale, int scaleLength, int mode, byte alignCorners);

    [LibraryImport(Library)]
    internal static partial TensorHandle ts_permute(TensorHandle x, long* dims, int length);

    [LibraryImport(Library)]
    internal static partial TensorHandle ts_reshape(TensorHandle x, long* shape, int length);

    [LibraryImport(Library)]
    internal static partial TensorHandle ts_narrow(TensorHandle x, long dim, long start, long length);

    [LibraryImport(Library)]
    internal static partial TensorHandle ts_index_select(TensorHandle x, long dim, TensorHandle index);

    [LibraryImport(Library)]
    internal static partial TensorHandle ts_cat(nint* tensors, int count, long dim);

    [LibraryImport(Library)]
    internal static partial TensorHandle ts_mean(TensorHandle x, long* dims, int length, byte keepdim);

    [LibraryImport(Library)]
    internal static partial TensorHandle ts_amax(TensorHandle x, long* dims, int length, byte keepdim);

    /// <summary>Passes a status through, or throws the native error's text when it is negative.</summary>
    internal static int Check(int status) => status >= 0 ? status : throw LastError();

    /// <summary>Passes a value through, or throws the native error's text when it is negative.</summary>
    internal static long Check(long value) => value >= 0 ? value : throw LastError();

    /// <summary>Wraps a new native tensor, or throws the native error's text.</summary>
    internal static torch.Tensor Wrap(TensorHandle handle) => handle.IsInvalid ? throw LastError() : new torch.Tensor(handle);

    internal static ExternalException LastError() => new(Marshal.PtrToStringUTF8((nint)ts_last_error()));

    internal static byte Flag(bool value) => value ? (byte)1 : (byte)0;
}
