using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace CnnViz.Engine.Tests.Torch;

/// <summary>What the engine relies on of TorchSharp, real or stood in for: memory, scopes, gradients, errors, threads.</summary>
[Collection(Alone.Name)]
public sealed class TorchSharpTests
{
    [Fact]
    public void NewDisposeScope_Disposed_DisposesItsTensorsOnly()
    {
        using var outside = ones([2]);
        Tensor inside, moved, detached;
        using (var outer = NewDisposeScope())
        {
            using (NewDisposeScope())
            {
                inside = ones([2]);
                moved = ones([2]).MoveToOuterDisposeScope();
                detached = ones([2]).DetachFromDisposeScope();
            }

            Assert.True(inside.IsInvalid);
            Assert.False(moved.IsInvalid);
            Assert.True(outer.Contains(moved));
        }

        Assert.True(moved.IsInvalid);
        Assert.False(detached.IsInvalid);
        Assert.False(outside.IsInvalid);
        detached.Dispose();
    }

    [Fact]
    public async Task NewDisposeScope_OtherThread_DoesNotCatchItsTensors()
    {
        Tensor? other = null;
        using (NewDisposeScope())
        {
            var thread = new Thread(() => other = ones([2]));
            thread.Start();
            await Task.Run(thread.Join);
        }

        Assert.False(other!.IsInvalid);
        other.Dispose();
    }

    [Fact]
    public void Conv2D_ShapesDoNotFit_ThrowsWithTheReason()
    {
        using var scope = NewDisposeScope();
        var error = Assert.Throws<ExternalException>(() => nn.functional.conv2d(ones([1, 3, 8, 8]), ones([4, 5, 3, 3])));
        Assert.Contains("expected input[1, 3, 8, 8] to have 5 channels", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Shape_DisposedTensor_Throws()
    {
        var disposed = ones([2]);
        disposed.Dispose();
        Assert.Throws<InvalidOperationException>(() => disposed.shape);
        Assert.Throws<InvalidOperationException>(() => disposed + disposed);
    }

    [Fact]
    public void Bytes_ContiguousTensor_ReadsAndWritesTheElements()
    {
        using var scope = NewDisposeScope();
        var values = tensor([1f, 2f, 3f, 4f, 5f, 6f], [2, 3]);
        Assert.Equal([1f, 2f, 3f, 4f, 5f, 6f], Floats(values));
        values.bytes = MemoryMarshal.AsBytes(new float[] { 6, 5, 4, 3, 2, 1 }.AsSpan());
        Assert.Equal([6f, 3f, 5f, 2f, 4f, 1f], Floats(values.permute(1, 0).contiguous()));
        Assert.Throws<NotImplementedException>(() => values.permute(1, 0).bytes.Length);
        Assert.Throws<ArgumentException>(() => values.bytes = new byte[5]);
    }

    [Fact]
    public void Narrow_View_SharesMemory()
    {
        using var scope = NewDisposeScope();
        var values = tensor([1f, 2f, 3f, 4f], [2, 2]);
        MemoryMarshal.Cast<byte, float>(values.narrow(0, 1, 1).bytes)[0] = 9;
        Assert.Equal([1f, 2f, 9f, 4f], Floats(values));
    }

    [Fact]
    public void Grad_TwoOutputs_SumsTheirProducts()
    {
        using var scope = NewDisposeScope();
        var x = tensor([1f, 2f, 3f]);
        x.requires_grad = true;
        var gradients = autograd.grad([x * x, x + x], [x], [tensor([1f, 10f, 100f]), tensor([1f, 1f, 1f])]);
        Assert.Equal([4f, 42f, 602f], Floats(gradients[0]));
    }

    [Fact]
    public void Grad_SecondSweepOfAFreedGraph_Throws()
    {
        using var scope = NewDisposeScope();
        var x = tensor([1f, 2f]);
        x.requires_grad = true;
        var y = x * x;
        autograd.grad([y], [x], [ones([2])]);
        var error = Assert.Throws<ExternalException>(() => autograd.grad([y], [x], [ones([2])]));
        Assert.Contains("backward through the graph a second time", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NoGrad_Disposed_RestoresTheModeOfThisThread()
    {
        Assert.True(is_grad_enabled());
        using (no_grad())
        {
            Assert.False(is_grad_enabled());
            using (enable_grad())
            {
                Assert.True(is_grad_enabled());
            }

            Assert.False(is_grad_enabled());
        }

        Assert.True(is_grad_enabled());
    }

    [Fact]
    public void SetNumThreads_OnAThread_IsWhatItReports()
    {
        var seen = 0;
        var thread = new Thread(() =>
        {
            get_num_threads();
            set_num_threads(3);
            seen = get_num_threads();
        });
        thread.Start();
        thread.Join();
        Assert.Equal(3, seen);
    }

    [Fact]
    public void Conv2D_OneSmallImage_EqualsTheSameImageInABatch()
    {
        using var scope = NewDisposeScope();
        var image = tensor(Parity.RandomValues(6 * 9 * 9, 3), [1, 6, 9, 9]);
        var kernel = tensor(Parity.RandomValues(4 * 6 * 9, 4), [4, 6, 3, 3]);
        var bias = tensor(Parity.RandomValues(4, 5));
        var alone = nn.functional.conv2d(image, kernel, bias, padding: [1, 1]);
        var batch = nn.functional.conv2d(cat([image, image, image]), kernel, bias, padding: [1, 1]);
        Assert.Equal([1, 4, 9, 9], alone.shape);
        Assert.Equal(Floats(alone), Floats(batch.narrow(0, 1, 1)));
    }

    [Fact]
    public void Interpolate_SizeAndScale_Throws()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ExternalException>(() => nn.functional.interpolate(ones([1, 1, 2, 2]), [4, 4], [2, 2]));
    }

    [Fact]
    public void Finalizer_TensorNeverDisposed_FreesItsMemory()
    {
        // 40 x 64 MiB: kept, they would be 2.5 GiB more.
        var before = Environment.WorkingSet;
        for (var i = 0; i < 40; i++)
        {
            Abandon();
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.InRange(Environment.WorkingSet - before, long.MinValue, 1L << 30);

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static void Abandon() => ones([16, 1024, 1024]);
    }

    private static float[] Floats(Tensor values) => MemoryMarshal.Cast<byte, float>(values.bytes).ToArray();
}
