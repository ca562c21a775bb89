using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CnnViz.Engine.OneDnn.Native;

/// <summary>Element types of buffers, as the shim numbers them.</summary>
internal enum ShimType
{
    Float32 = 0,
    BFloat16 = 1,
    Byte = 2,
}

/// <summary>
/// Element-wise functions. The first three are applied by kernels and convolutions as they store their results, the others by a
/// pass of their own; cnnviz_onednn.h has their formulas.
/// </summary>
internal enum ShimAct
{
    None = 0,

    /// <summary>x where x is above 0, else alpha x.</summary>
    Relu = 1,

    /// <summary>min(max(x, alpha), beta).</summary>
    Clip = 2,
    Sigmoid = 16,
    Tanh = 17,
    Silu = 18,
    HardSigmoid = 19,
    HardSwish = 20,
    Elu = 21,
    Selu = 22,
    Celu = 23,
    Gelu = 24,
    GeluTanh = 25,
    Softplus = 26,
    Softsign = 27,
    Mish = 28,
    ThresholdedRelu = 29,
    Exp = 30,
    Abs = 31,
    Erf = 32,
}

internal enum ShimPostKind
{
    Sum = 1,
    Act = 2,
    Mask = 3,
    Add = 4,
}

/// <summary>The shim's passes; native/onednn/cnnviz_onednn.h says what each computes.</summary>
internal enum ShimOpKind
{
    Affine = 1,
    AffineBackward = 2,
    Mask = 3,
    Add = 4,
    Subtract = 5,
    Multiply = 6,
    Copy = 7,
    Resize = 8,
    MaxPool = 9,
    MaxPoolBackward = 10,
    AveragePool = 11,
    AveragePoolBackward = 12,
    GlobalAverage = 13,
    GlobalAverageBackward = 14,
    ScaleChannels = 15,
    SumCells = 16,
    ToBlocked = 17,
    ToPlanar = 18,
    SubPixel = 19,
    ActBackward = 20,
    Function = 21,
    FunctionBackward = 22,
}

/// <summary>cnnviz_post: what a convolution does with its result before it is stored.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ShimPost
{
    public ShimPostKind Kind;
    public ShimAct Act;
    public float Alpha;
    public float Beta;
    public long Buffer;
}

[InlineArray(Capacity)]
internal struct ShimPosts
{
    public const int Capacity = 4;

    private ShimPost _first;
}

/// <summary>cnnviz_conv.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ShimConv
{
    public int Groups;
    public int InChannels;
    public int OutChannels;
    public int InHeight;
    public int InWidth;
    public int OutHeight;
    public int OutWidth;
    public int KernelHeight;
    public int KernelWidth;
    public int StrideHeight;
    public int StrideWidth;
    public int DilationHeight;
    public int DilationWidth;
    public int PadTop;
    public int PadBottom;
    public int PadLeft;
    public int PadRight;
    public int SourcePlanar;
    public ShimType SourceType;
    public ShimType DestinationType;
    public int Winograd;
    public int PostCount;
    public long Source;
    public long Destination;
    public ShimPosts Posts;
}

[InlineArray(16)]
internal struct ShimNumbers
{
    private int _first;
}

/// <summary>cnnviz_op.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ShimOp
{
    public ShimOpKind Kind;
    public int Channels;
    public int Height;
    public int Width;
    public ShimAct Act;
    public int Accumulate;
    public int Fill;
    public ShimType AType;
    public ShimType BType;
    public ShimType DestinationType;
    public float Alpha;
    public float Beta;
    public long A;
    public long B;
    public long Destination;
    public ShimNumbers N;
    public float* Table0;
    public float* Table1;
    public int Table0Length;
    public int Table1Length;
}
