namespace CnnViz.Models.Safetensors;

/// <summary>
/// PyTorch's own files (.pth, .pt, .ckpt, .bin) are pickles: opening one can run any code that it holds. They are never opened;
/// the error says how to make a file that is only data.
/// </summary>
internal static class PickleFile
{
    /// <summary>Endings that such files have.</summary>
    public static IReadOnlyList<string> Endings { get; } = [".pth", ".pt", ".ckpt", ".pkl", ".pickle"];

    public static bool HasEnding(string path) => Endings.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    /// <param name="path">The file, for the commands in the message; its content is not looked at.</param>
    public static ModelFormatException Refusal(string path)
    {
        var name = Path.GetFileName(path);
        return new ModelFormatException($"{name}: {Advice(name, Path.GetFileNameWithoutExtension(name))}");
    }

    /// <summary>Refuses a pickle under another name, by its first bytes: a zip archive or a pickle of protocol 2 to 5.</summary>
    /// <exception cref="ModelFormatException">It is one.</exception>
    public static void RefuseContent(ReadOnlySpan<byte> start)
    {
        if (start.StartsWith("PK\u0003\u0004"u8) || (start[0] == 0x80 && start[1] is >= 2 and <= 5))
        {
            throw new ModelFormatException($"it is no safetensors file; {Advice("FILE.pth", "FILE")}");
        }
    }

    private static string Advice(string name, string stem) =>
        "PyTorch's own files are pickles, which can run code when opened, and are never read. Convert it where you trust it, "
        + "with python3 -c \"import torch, safetensors.torch as s; "
        + $"w = torch.load('{name}', map_location='cpu', weights_only=True); "
        + $"s.save_file({{k: v.contiguous() for k, v in w.get('state_dict', w).items()}}, '{stem}.safetensors')\", "
        + "or save the whole network as ONNX with torch.onnx.export";
}
