using CnnViz.Models;

namespace CnnViz.Engine.Maximization;

/// <summary>
/// Gives pictures whose gradient is exactly 0 the gradient of a network whose ReLUs let it pass: a filter that the starting noise
/// does not excite at all can only be reached so. The second model is compiled when the first such picture turns up.
/// </summary>
/// <param name="compile">Compiles the model with relieved ReLUs.</param>
/// <param name="buffers">The run's passes.</param>
/// <param name="views">Consecutive samples that belong to one picture.</param>
internal sealed class ReluRelief(Func<ICompiledModel> compile, NetworkBuffers buffers, int views)
{
    private NetworkBuffers? _relieved;

    /// <summary>Whether relief can change anything: there is a ReLU in the graph.</summary>
    public static bool Applies(ModelGraph graph) =>
        graph.Layers.Any(layer => layer.Op is ActivationOp { Kind: ActivationKind.Relu or ActivationKind.Relu6 });

    /// <summary>Replaces the gradients of pictures that have none, and returns which they are.</summary>
    /// <param name="pictures">Pictures of the pass just swept.</param>
    public IReadOnlySet<int> Apply(int pictures)
    {
        var silent = new HashSet<int>();
        for (var i = 0; i < pictures; i++)
        {
            if (buffers.Gradient(i * views, views).IndexOfAnyExcept(0f) < 0)
            {
                silent.Add(i);
            }
        }

        if (silent.Count > 0)
        {
            Sweep([.. silent.Order()]);
        }

        return silent;
    }

    private void Sweep(int[] silent)
    {
        // Activations do not change with relief, so the cotangents hold.
        var relieved = _relieved ??=
            new NetworkBuffers(compile(), [.. buffers.Layers.Select(layer => layer.Name)], buffers.Samples);
        for (var i = 0; i < silent.Length; i++)
        {
            buffers.Input(silent[i] * views, views).CopyTo(relieved.Input(i * views, views));
        }

        using var pass = relieved.Forward(silent.Length * views, withGradient: true);
        foreach (var layer in buffers.Layers)
        {
            for (var i = 0; i < silent.Length; i++)
            {
                layer.Cotangent(silent[i] * views, views).CopyTo(relieved.Layer(layer.Name).Cotangent(i * views, views));
            }
        }

        relieved.Backward(pass);
        for (var i = 0; i < silent.Length; i++)
        {
            relieved.Gradient(i * views, views).CopyTo(buffers.Gradient(silent[i] * views, views));
        }
    }
}
