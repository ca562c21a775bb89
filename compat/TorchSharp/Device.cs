using System.Globalization;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>The CPU.</summary>
    public static readonly Device CPU = new(DeviceType.CPU);

    /// <summary>Where a tensor's memory lies.</summary>
    public class Device
    {
        /// <param name="description">"cpu", "cuda" or "cuda:0".</param>
        public Device(string description)
        {
            ArgumentNullException.ThrowIfNull(description);
            var parts = description.Split(':');
            type = Enum.Parse<DeviceType>(parts[0], ignoreCase: true);
            index = parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : -1;
        }

        /// <param name="deviceType">The kind of device.</param>
        /// <param name="index">The CUDA device's number; -1 is the current one.</param>
        public Device(DeviceType deviceType, int index = -1)
        {
            type = deviceType;
            this.index = index;
        }

        public DeviceType type { get; }

        /// <summary>The CUDA device's number; -1 is the current one, and the CPU.</summary>
        public int index { get; }

        public override string ToString() => (type, index) switch
        {
            (DeviceType.CPU, _) => "cpu",
            (_, -1) => "cuda",
            _ => $"cuda:{index}",
        };
    }

    /// <summary>CUDA devices.</summary>
    public static partial class cuda
    {
        /// <summary>Whether this libtorch has CUDA and finds a device.</summary>
        public static bool is_available() => Native.ts_cuda_is_available() == 1;
    }

    /// <summary>Switches of libtorch's back ends.</summary>
    public static partial class backends
    {
        public static partial class cuda
        {
            public static partial class matmul
            {
                /// <summary>Whether cuBLAS may round float32 inputs to TF32's 10-bit mantissas.</summary>
                public static bool allow_tf32
                {
                    get => Native.Check(Native.ts_get_allow_tf32(0)) == 1;
                    set => Native.Check(Native.ts_set_allow_tf32(0, Native.Flag(value)));
                }
            }
        }

        public static partial class cudnn
        {
            /// <summary>Whether cuDNN may round float32 inputs to TF32's 10-bit mantissas.</summary>
            public static bool allow_tf32
            {
                get => Native.Check(Native.ts_get_allow_tf32(1)) == 1;
                set => Native.Check(Native.ts_set_allow_tf32(1, Native.Flag(value)));
            }
        }
    }
}
