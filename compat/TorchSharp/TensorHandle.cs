using Microsoft.Win32.SafeHandles;

namespace TorchSharp;

/// <summary>Owns one native tensor; its finalizer frees a tensor that was never disposed.</summary>
internal sealed class TensorHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    public TensorHandle()
        : base(ownsHandle: true)
    {
    }

    protected override bool ReleaseHandle()
    {
        Native.ts_free(handle);
        return true;
    }
}
