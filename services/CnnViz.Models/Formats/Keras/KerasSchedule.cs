namespace CnnViz.Models.Keras;

/// <summary>The order in which a functional model's layers can be called; the file's own wherever that is one.</summary>
internal sealed class KerasSchedule
{
    private readonly KerasModelConfig _model;
    private readonly Dictionary<string, KerasLayerConfig> _layers;

    public KerasSchedule(KerasModelConfig model)
    {
        _model = model;
        _layers = model.Layers.ToDictionary(layer => layer.Name, StringComparer.Ordinal);
        foreach (var input in model.Inputs)
        {
            if (!_layers.ContainsKey(input.Layer))
            {
                throw new ModelFormatException($"'{model.Name}' has no input layer '{input.Layer}'");
            }
        }
    }

    /// <summary>
    /// Which call a tensor comes from. Old files count the call that made a nested model, which is not in them; inputs have
    /// just one.
    /// </summary>
    public int CallOf(KerasTensor tensor) => _layers.TryGetValue(tensor.Layer, out var layer)
        ? layer.Calls.Count == 0 ? 0
            : layer.Model is not null ? Math.Min(tensor.Call, layer.Calls.Count - 1)
            : tensor.Call
        : throw new ModelFormatException($"'{_model.Name}' has no layer '{tensor.Layer}'");

    /// <exception cref="ModelFormatException">A layer takes what no layer gives, or the layers form a circle.</exception>
    public IEnumerable<(KerasLayerConfig Layer, int Call)> Order()
    {
        List<(KerasLayerConfig Layer, int Call)> calls = [];
        var index = new Dictionary<(string, int), int>();
        foreach (var layer in _model.Layers)
        {
            for (var call = 0; call < layer.Calls.Count; call++)
            {
                index[(layer.Name, call)] = calls.Count;
                calls.Add((layer, call));
            }
        }

        var inputs = _model.Inputs.Select(input => input.Layer).ToHashSet(StringComparer.Ordinal);
        var waiting = new int[calls.Count];
        var consumers = new Dictionary<int, List<int>>();
        var ready = new PriorityQueue<int, int>();
        for (var i = 0; i < calls.Count; i++)
        {
            foreach (var tensor in calls[i].Layer.Calls[calls[i].Call].Tensors)
            {
                if (index.TryGetValue((tensor.Layer, CallOf(tensor)), out var source))
                {
                    waiting[i]++;
                    (consumers.TryGetValue(source, out var list) ? list : consumers[source] = []).Add(i);
                }
                else if (!inputs.Contains(tensor.Layer))
                {
                    throw new ModelFormatException(
                        $"layer '{calls[i].Layer.Name}' takes call {tensor.Call} of '{tensor.Layer}', which there is not");
                }
            }

            if (waiting[i] == 0)
            {
                ready.Enqueue(i, i);
            }
        }

        var done = 0;
        while (ready.TryDequeue(out var next, out _))
        {
            done++;
            yield return calls[next];
            foreach (var consumer in consumers.GetValueOrDefault(next) ?? [])
            {
                if (--waiting[consumer] == 0)
                {
                    ready.Enqueue(consumer, consumer);
                }
            }
        }

        if (done < calls.Count)
        {
            var stuck = calls[Array.FindIndex(waiting, count => count > 0)].Layer.Name;
            throw new ModelFormatException($"layer '{stuck}' of '{_model.Name}' needs its own output");
        }
    }
}
