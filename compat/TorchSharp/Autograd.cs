namespace TorchSharp;

public static unsafe partial class torch
{
    /// <summary>Stops autograd's recording on this thread until the result is disposed.</summary>
    public static IDisposable no_grad() => new GradMode(false);

    /// <summary>Turns autograd's recording on (or off) on this thread until the result is disposed.</summary>
    public static IDisposable enable_grad(bool enabled = true) => new GradMode(enabled);

    /// <summary>Whether autograd records on this thread.</summary>
    public static bool is_grad_enabled() => Native.ts_grad_enabled() == 1;

    public static partial class autograd
    {
        /// <summary>
        /// The gradients, with respect to the inputs, of the sum over outputs of sum(grad_output * output); grad_outputs default
        /// to ones for scalar outputs. Frees the graph unless retain_graph.
        /// </summary>
        /// <exception cref="System.Runtime.InteropServices.ExternalException">
        /// An input is not part of the graph (unless allow_unused), a shape differs, or the graph was freed before.
        /// </exception>
        public static IList<Tensor> grad(
            IList<Tensor> outputs,
            IList<Tensor> inputs,
            IList<Tensor>? grad_outputs = null,
            bool retain_graph = false,
            bool create_graph = false,
            bool allow_unused = false)
        {
            using var o = new HandleList(outputs);
            using var i = new HandleList(inputs);
            using var g = new HandleList(grad_outputs);
            var results = new nint[i.Pointers.Length];
            fixed (nint* po = o.Pointers, pi = i.Pointers, pg = g.Pointers, pr = results)
            {
                Native.Check(Native.ts_grad(
                    po,
                    o.Pointers.Length,
                    pi,
                    i.Pointers.Length,
                    pg,
                    g.Pointers.Length,
                    Native.Flag(retain_graph),
                    Native.Flag(create_graph),
                    Native.Flag(allow_unused),
                    pr));
            }

            return [.. results.Select(Adopt)];
        }

        private static Tensor Adopt(nint pointer)
        {
            var handle = new TensorHandle();
            System.Runtime.InteropServices.Marshal.InitHandle(handle, pointer);

            // An unused input has no gradient: the real package returns a tensor whose IsInvalid is true.
            return new Tensor(handle);
        }
    }

    private sealed class GradMode : IDisposable
    {
        private readonly bool _previous = is_grad_enabled();

        public GradMode(bool enabled) => Native.ts_set_grad_enabled(Native.Flag(enabled));

        public void Dispose() => Native.ts_set_grad_enabled(Native.Flag(_previous));
    }
}
