using System.Runtime.InteropServices;

namespace CnnViz.Engine.OneDnn.Native;

/// <summary>Hands plain weights to the shim when it has no packed form of them yet.</summary>
internal static unsafe class KernelFill
{
    /// <summary>Runs a call that may ask for weights, and rethrows what reading them threw: no exception crosses native code.</summary>
    /// <param name="length">Number of weights.</param>
    /// <param name="write">Writes all of them.</param>
    /// <param name="call">Receives the function and context to pass to the shim.</param>
    public static int Run(long length, KernelWriter write, Func<nint, nint, int> call)
    {
        var request = new Request(length, write);
        var handle = GCHandle.Alloc(request);
        try
        {
            var result = call((nint)(delegate* unmanaged<nint, float*, void>)&Fill, GCHandle.ToIntPtr(handle));
            return request.Failure is null ? result : throw request.Failure;
        }
        finally
        {
            handle.Free();
        }
    }

    [UnmanagedCallersOnly]
    private static void Fill(nint context, float* weights)
    {
        var request = (Request)GCHandle.FromIntPtr(context).Target!;
        try
        {
            request.Write(new Span<float>(weights, checked((int)request.Length)));
        }
        catch (Exception e)
        {
            request.Failure = new CompileException(e.Message, e);
            new Span<float>(weights, checked((int)request.Length)).Clear();
        }
    }

    private sealed class Request(long length, KernelWriter write)
    {
        public long Length => length;

        public KernelWriter Write => write;

        public Exception? Failure { get; set; }
    }
}

/// <summary>Writes a convolution's weights, (groups, out/groups, in/groups, kh, kw).</summary>
internal delegate void KernelWriter(Span<float> weights);
