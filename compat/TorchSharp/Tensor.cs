namespace TorchSharp;

public static partial class torch
{
    /// <summary>
    /// A tensor of libtorch. Belongs to the thread's innermost dispose scope, if there is one, from its creation.
    /// </summary>
    public partial class Tensor : IDisposable
    {
        private readonly TensorHandle _handle;

        internal Tensor(TensorHandle handle)
        {
            _handle = handle;
            OwningDisposeScope = DisposeScope.Register(this);
        }

        /// <summary>Whether the tensor was disposed.</summary>
        public bool IsInvalid => _handle.IsClosed || _handle.IsInvalid;

        public unsafe long[] shape
        {
            get
            {
                var extents = new long[ndim];
                fixed (long* p = extents)
                {
                    Native.Check(Native.ts_sizes(Valid, p));
                }

                return extents;
            }
        }

        public long ndim => Native.Check(Native.ts_rank(Valid));

        public ScalarType dtype => (ScalarType)Native.Check(Native.ts_type(Valid));

        public DeviceType device_type => (DeviceType)Native.Check(Native.ts_device_type(Valid));

        public Device device => new(device_type, Native.ts_device_index(Valid));

        /// <summary>Whether autograd records operations on this tensor.</summary>
        public bool requires_grad
        {
            get => Native.Check(Native.ts_requires_grad(Valid)) == 1;
            set => Native.Check(Native.ts_set_requires_grad(Valid, Native.Flag(value)));
        }

        /// <summary>
        /// The elements' bytes in row-major order. CPU, contiguous and at most 2 GiB only; the span ends with the tensor.
        /// </summary>
        public unsafe Span<byte> bytes
        {
            get
            {
                if (!is_contiguous())
                {
                    throw new NotImplementedException("bytes needs a contiguous tensor.");
                }

                if (device_type != DeviceType.CPU)
                {
                    throw new InvalidOperationException("bytes needs a tensor in CPU memory; move or copy it there first.");
                }

                var length = numel() * Native.Check(Native.ts_element_size(Valid));
                return length > int.MaxValue
                    ? throw new ArgumentException("bytes spans at most int.MaxValue bytes.")
                    : new Span<byte>(Native.ts_data(Valid), (int)length);
            }

            set
            {
                var destination = bytes;
                if (value.Length != destination.Length)
                {
                    throw new ArgumentException(
                        $"The tensor has {destination.Length} bytes, the value {value.Length}.", nameof(value));
                }

                value.CopyTo(destination);
            }
        }

        internal DisposeScope? OwningDisposeScope { get; set; }

        internal TensorHandle Valid => IsInvalid ? throw new InvalidOperationException("The tensor was disposed.") : _handle;

        public long numel()
        {
            var count = 1L;
            foreach (var extent in shape)
            {
                count *= extent;
            }

            return count;
        }

        public bool is_contiguous() => Native.Check(Native.ts_is_contiguous(Valid)) == 1;

        /// <summary>A second handle of the same tensor; each is disposed on its own.</summary>
        public Tensor alias() => Native.Wrap(Native.ts_alias(Valid));

        /// <summary>The same data, outside autograd's graph.</summary>
        public Tensor detach() => Native.Wrap(Native.ts_detach(Valid));

        /// <summary>The same values in row-major memory; the tensor itself (a new handle) where they are so already.</summary>
        public Tensor contiguous() => Native.Wrap(Native.ts_contiguous(Valid));

        /// <summary>
        /// The tensor on another device; the tensor itself (a new handle) where it lies there already and copy is false.
        /// </summary>
        public Tensor to(Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false)
        {
            var moved = Native.Wrap(
                Native.ts_to_device(Valid, (int)device.type, device.index, Native.Flag(copy), Native.Flag(non_blocking)));
            if (disposeAfter)
            {
                Dispose();
            }

            return moved;
        }

        /// <summary>Moves the tensor to the scope around its own, or to none; returns it.</summary>
        public Tensor MoveToOuterDisposeScope()
        {
            OwningDisposeScope?.MoveToOuter(this);
            return this;
        }

        /// <summary>Takes the tensor out of all scopes; returns it.</summary>
        public Tensor DetachFromDisposeScope()
        {
            OwningDisposeScope?.Detach(this);
            return this;
        }

        public void Dispose()
        {
            OwningDisposeScope?.MarkAsDisposed(this);
            _handle.Dispose();
            GC.SuppressFinalize(this);
        }
    }
}
