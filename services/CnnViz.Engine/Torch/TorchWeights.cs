using CnnViz.Models;
using static TorchSharp.torch;

namespace CnnViz.Engine.Torch;

/// <summary>One compiled model's lease on its model's weight tensors, in the axis orders that torch takes. The cache owns the tensors.</summary>
internal sealed class TorchWeights : IDisposable
{
    private readonly TorchWeightCache _cache;
    private readonly ModelGraph _graph;
    private readonly TorchWeightCache.Entry _entry;
    private bool _disposed;

    internal TorchWeights(TorchWeightCache cache, ModelGraph graph, TorchWeightCache.Entry entry)
    {
        _cache = cache;
        _graph = graph;
        _entry = entry;
    }

    /// <summary>A convolution kernel as (out, in/groups, kh, kw).</summary>
    public Tensor Kernel(Layer layer)
    {
        var weight = Required(layer, "kernel");
        return Get(weight, stored => _cache.ToMemoryOrder(weight.Layout switch
        {
            WeightLayout.Oihw => stored,
            WeightLayout.Hwio => stored.permute(3, 2, 0, 1),

            // Output channel c * multiplier + m reads input channel c, which is torch's order for groups = channels.
            WeightLayout.Hwim => stored.permute(2, 3, 0, 1).reshape(-1, 1, weight.Shape[0], weight.Shape[1]),
            _ => throw Misfit(layer, weight),
        }));
    }

    /// <summary>A transposed convolution's kernel as (in, out/groups, kh, kw).</summary>
    public Tensor TransposedKernel(Layer layer)
    {
        var weight = Required(layer, "kernel");
        return Get(weight, stored => _cache.ToMemoryOrder(weight.Layout switch
        {
            WeightLayout.Iohw => stored,
            WeightLayout.Hwoi => stored.permute(3, 2, 0, 1),
            _ => throw Misfit(layer, weight),
        }));
    }

    /// <summary>A dense kernel as (out, in).</summary>
    public Tensor Matrix(Layer layer)
    {
        var weight = Required(layer, "kernel");
        return Get(weight, stored => weight.Layout switch
        {
            WeightLayout.OutIn => stored,
            WeightLayout.Plain => stored.permute(1, 0).contiguous(),
            _ => throw Misfit(layer, weight),
        });
    }

    /// <summary>A per-channel vector; null if the layer has none in that role.</summary>
    public Tensor? Vector(Layer layer, string role)
        => layer.Weight(role) is { } weight ? Get(weight, stored => stored.reshape(-1)) : null;

    /// <summary>A weight as it stands; null if the layer has none in that role.</summary>
    public Tensor? Plain(Layer layer, string role) => layer.Weight(role) is { } weight ? Get(weight, stored => stored) : null;

    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _cache.Release(_graph.Digest, _entry);
        }
    }

    private static LayerWeight Required(Layer layer, string role)
        => layer.Weight(role) ?? throw new CompileException($"layer '{layer.Name}' ({layer.Op.ClassName}) has no weight '{role}'");

    private static CompileException Misfit(Layer layer, LayerWeight weight)
        => new($"layer '{layer.Name}' ({layer.Op.ClassName}): weight '{weight.Key}' has layout {weight.Layout}, which does not suit its op");

    private Tensor Get(LayerWeight weight, Func<Tensor, Tensor> convert) => _cache.GetOrAdd(_entry, _graph, weight, convert);
}
