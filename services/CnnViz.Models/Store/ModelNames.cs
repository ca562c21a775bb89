using System.Text.RegularExpressions;

namespace CnnViz.Models;

/// <summary>Which names a model that is taken in, and its files, may have.</summary>
public static partial class ModelNames
{
    /// <summary>Why a model may not be taken in under a name, in words that follow it; null if it may.</summary>
    /// <param name="name">Any text.</param>
    public static string? Refusal(string? name)
    {
        if (!ModelCatalog.IsValidName(name))
        {
            return "must be 1 to 64 of a-z, 0-9, '.', '_' and '-', the first a letter or digit";
        }

        if (ModelFormats.IsModel(name!))
        {
            return "must not end like a model file";
        }

        return KnownModel.All.Any(model => model.Name == name) || ZooModel.All.Any(model => model.Name == name)
            ? "is the name of a network that the product brings itself"
            : null;
    }

    /// <summary>Why a model's file may not have a name, in words that follow it; null if it may.</summary>
    /// <param name="name">Any text.</param>
    public static string? FileRefusal(string? name) => name is not null && FilePattern().IsMatch(name)
        ? null
        : "must be 1 to 128 of letters, digits, '.', '_' and '-', the first a letter or digit, without folders";

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9_.-]{0,127}\z", RegexOptions.CultureInvariant)]
    private static partial Regex FilePattern();
}
