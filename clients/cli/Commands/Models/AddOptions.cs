using System.CommandLine;

namespace CnnViz.Cli.Commands.Models;

/// <summary>What the person says about a model that is added.</summary>
internal sealed class AddOptions
{
    public Option<string?> Name { get; } = Text("--name", "name", "Its name in requests; default: the file's name");

    public Option<string[]> Data { get; } = new("--data")
    {
        Description = "A further file that the model needs, as ONNX external data; a TensorFlow.js model's weight files are found",
        HelpName = "file",
    };

    public Option<string?> Description { get; } = Text("--description", "text", "One line: what it is, its licence");

    public Option<string?> Order { get; } = Text("--order", "order", "The input's channels: gray, rgb, bgr or rgba");

    public Option<IReadOnlyList<string>> Mean { get; } =
        CommandParts.Names("--mean", "Subtracted per channel, in 0..255 units; default 0, or as the weights' network has it");

    public Option<IReadOnlyList<string>> Std { get; } =
        CommandParts.Names("--std", "Divides per channel, each above 0; default 255, or as the weights' network has it");

    public Option<string?> Labels { get; } = Text("--labels", "file", "A text file of class names, one per line");

    public Option<string?> Architecture { get; } =
        Text("--architecture", "network", "For weights alone: the network of the zoo that they are for");

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { Name, Data, Description, Order, Mean, Std, Labels, Architecture })
            command.Options.Add(option);
    }

    private static Option<string?> Text(string name, string value, string description) =>
        new(name) { Description = description, HelpName = value };
}
