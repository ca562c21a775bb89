using System.Globalization;

namespace CnnViz.Models;

/// <summary>One layer's line of a <see cref="ModelSummary"/>.</summary>
/// <param name="Name">The layer's name.</param>
/// <param name="ClassName">Keras' class name where Keras has the layer.</param>
/// <param name="OutputShape">As Keras prints it, batch first: "(None, 208, 208, 32)" for channels-last networks, "(None, 32, 208,
/// 208)" for channels-first ones, "multiple" never, "?" behind an unsupported op.</param>
/// <param name="Parameters">Number of weight values, constants of arithmetic ops left out, as Keras counts.</param>
/// <param name="Inputs">Names of the layers whose outputs it takes.</param>
public sealed record SummaryRow(string Name, string ClassName, string OutputShape, long Parameters, IReadOnlyList<string> Inputs)
{
    /// <summary>
    /// The output's extents for one sample, feature maps as (channels, height, width); null behind an unsupported op.
    /// </summary>
    public TensorShape? Shape { get; init; }

    /// <summary>True for the network's input.</summary>
    public bool IsInput { get; init; }
}

/// <summary>What Keras calls a model's summary: layers, output shapes, parameters and totals, for one input size.</summary>
/// <param name="ModelName">The model's name.</param>
/// <param name="Rows">In topological order, the input first.</param>
/// <param name="TotalParameters">All weight values.</param>
/// <param name="TrainableParameters">Those that training changes by gradient.</param>
/// <param name="NonTrainableParameters">Batch normalization's moving statistics.</param>
public sealed record ModelSummary(
    string ModelName,
    IReadOnlyList<SummaryRow> Rows,
    long TotalParameters,
    long TrainableParameters,
    long NonTrainableParameters)
{
    /// <summary>
    /// Whether the table lists the input unless told otherwise: Keras does for functional models, not for Sequential ones.
    /// </summary>
    public bool ListsInput { get; init; } = true;

    /// <summary>True when every layer takes just the one before it; Keras then prints the narrow table.</summary>
    public bool IsSequential =>
        Rows.Select((row, i) => i == 0 ? row.Inputs.Count == 0 : row.Inputs is [var input] && input == Rows[i - 1].Name)
            .All(linear => linear);

    /// <summary>Summarises a network for an input size.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="height">Input height in pixels.</param>
    /// <param name="width">Input width in pixels.</param>
    /// <exception cref="ModelFormatException">The size does not suit the network (see
    /// <see cref="ShapeInference.Infer"/>).</exception>
    public static ModelSummary Create(ModelGraph graph, int height, int width)
    {
        ArgumentNullException.ThrowIfNull(graph);
        var shapes = ShapeInference.Infer(graph, height, width);
        var rows = graph.Listed.Select(layer => Row(layer, shapes, graph.Input.ChannelsLast)).ToArray();
        var nonTrainable = graph.Layers.SelectMany(Counted).Where(weight => !weight.Trainable).Sum(weight => weight.ElementCount);
        var total = rows.Sum(row => row.Parameters);
        return new ModelSummary(graph.Name, rows, total, total - nonTrainable, nonTrainable) { ListsInput = !graph.Sequential };
    }

    /// <summary>The summary as Keras 2 prints it; see <see cref="KerasTable"/>.</summary>
    public string ToText(SummaryTextOptions? options = null) => KerasTable.Write(this, options ?? new SummaryTextOptions());

    private static SummaryRow Row(ListedLayer layer, IReadOnlyDictionary<string, TensorShape> shapes, bool channelsLast)
    {
        TensorShape? shape = shapes.TryGetValue(layer.Name, out var found) ? found : null;
        var parameters = layer.All.SelectMany(Counted).Sum(weight => weight.ElementCount);
        return new SummaryRow(layer.Name, layer.ClassName, ShapeText(shape, channelsLast), parameters, layer.Inputs)
        {
            Shape = shape,
            IsInput = layer.Output.Op is InputOp,
        };
    }

    /// <summary>Keras counts a layer's weights; a constant operand is none.</summary>
    private static IEnumerable<LayerWeight> Counted(Layer layer) => layer.Weights.Where(weight => weight.Role != "constant");

    private static string ShapeText(TensorShape? shape, bool channelsLast)
    {
        if (shape is not { } known)
        {
            return "?";
        }

        IEnumerable<int> dims = known.IsFeatureMap && channelsLast ? [known.Height, known.Width, known.Channels] : known.Dims;
        return $"({string.Join(", ", dims.Select(extent => extent.ToString(CultureInfo.InvariantCulture)).Prepend("None"))})";
    }
}

/// <summary>Which of Keras 2's variants of the table to print.</summary>
public sealed record SummaryTextOptions
{
    /// <summary>Whether the first line names the model, as Keras does since 2.2.5. Default true.</summary>
    public bool ModelLine { get; init; } = true;

    /// <summary>
    /// Whether the input has a row; default as Keras does for the model (<see cref="ModelSummary.ListsInput"/>).
    /// </summary>
    public bool? InputRow { get; init; }
}
