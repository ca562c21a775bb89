using CnnViz.Models.Safetensors;

namespace CnnViz.Models;

/// <summary>
/// Reads safetensors files, which hold weights alone: they go into a network of the zoo or one that is given. Values of float64,
/// float32, float16 and bfloat16 are read, straight from the file when they are asked for; tensors of other types are passed
/// over.
/// <para>
/// Tensors are found by the network's own weight keys ("block1_conv1/kernel", in the network's axis order) or by PyTorch's
/// parameter names ("layer1.0.conv1.weight", "bn1.running_mean", in PyTorch's); timm's names of VGG's classifier are known too,
/// as are the prefixes "module.", "model.", "backbone." and "_orig_mod." before every name.
/// </para>
/// <para>Files are data: lengths, offsets and names are checked, and nothing in them is executed. Pickles are refused.</para>
/// </summary>
public static class SafetensorsReader
{
    /// <summary>Reads weights into the network of the zoo that they fit.</summary>
    /// <param name="path">The .safetensors file.</param>
    /// <param name="options">What is given takes the place of the network's own; a size does not.</param>
    /// <param name="architecture">A network's name in the zoo. By default the one whose weights are just the file's.</param>
    /// <exception cref="ModelFormatException">The file is malformed, or no network fits; the message names the nearest and what
    /// does not fit.</exception>
    public static ModelGraph Read(string path, ModelReadOptions? options = null, string? architecture = null)
    {
        ZooModel[] candidates = [.. ZooModel.All.Where(zoo => architecture is null || zoo.Name == architecture)];
        if (candidates.Length == 0)
        {
            var suggestion = NameSuggestions.Phrase(architecture!, ZooModel.All.Select(zoo => zoo.Name));
            throw new ModelFormatException($"the zoo has no network '{architecture}'{suggestion}");
        }

        return Open(path, options, (names, description) =>
        {
            (ZooModel Zoo, WeightBinding Binding)? nearest = null;
            foreach (var zoo in candidates)
            {
                var binding = WeightBinding.Try(zoo.Build(), names);
                if (binding.Problem is null && (architecture is not null || binding.Used == names.Count))
                {
                    return (binding, $"{zoo.Architecture}; {description}");
                }

                nearest = nearest is { } best && best.Binding.Nearness >= binding.Nearness ? nearest : (zoo, binding);
            }

            var (network, closest) = nearest!.Value;
            if (architecture is not null && Fitting(names) is { } fitting)
            {
                throw new ModelFormatException(
                    $"its weights are for '{fitting.Name}', not for '{architecture}': {closest.Problem}");
            }

            var problem = closest.Problem ?? $"{names.Count - closest.Used} of its {names.Count} tensors have no place there";
            var misfit = architecture is null ? "fit no network of the zoo; the nearest is" : "do not fit";
            throw new ModelFormatException(architecture is not null || closest.Used > 0
                ? $"its weights {misfit} '{network.Name}': {problem}"
                : "its tensors have names of no network of the zoo");
        });
    }

    /// <summary>The network of the zoo whose weights are just the file's; null if there is none.</summary>
    private static ZooModel? Fitting(TensorNames names) => ZooModel.All.FirstOrDefault(
        zoo => WeightBinding.Try(zoo.Build(), names) is { Problem: null } binding && binding.Used == names.Count);

    /// <summary>Reads weights into a network.</summary>
    /// <param name="path">The .safetensors file.</param>
    /// <param name="network">Owned by the result; its own weights serve where the file need not have any (constants).</param>
    /// <param name="options">What is given takes the place of the network's own; a size does not.</param>
    /// <exception cref="ModelFormatException">The file is malformed, or a weight of the network finds no tensor that
    /// fits.</exception>
    public static ModelGraph Read(string path, ModelGraph network, ModelReadOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        return Open(path, options, (names, description) =>
        {
            var binding = WeightBinding.Try(network, names);
            return binding.Problem is null
                ? (binding, description)
                : throw new ModelFormatException($"its weights do not fit '{network.Name}': {binding.Problem}");
        });
    }

    private static ModelGraph Open(
        string path, ModelReadOptions? options, Func<TensorNames, string, (WeightBinding Binding, string Description)> choose)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new ModelReadOptions();
        var fileName = Path.GetFileName(path);
        try
        {
            var bytes = new FileByteSource(path);
            try
            {
                var header = SafetensorsHeader.Read(bytes);
                var store = new WeightStore(bytes, header.Tensors);
                var (binding, description) = choose(new TensorNames(header.Tensors), $"weights from {fileName}");
                return binding.Build(store, fileName, options with
                {
                    Name = options.Name ?? Path.GetFileNameWithoutExtension(path),
                    Description = options.Description.Length > 0 ? options.Description : description,
                });
            }
            catch
            {
                bytes.Dispose();
                throw;
            }
        }
        catch (ModelFormatException e)
        {
            throw new ModelFormatException($"{fileName}: {e.Message}", e);
        }
        catch (OverflowException e)
        {
            throw new ModelFormatException($"{fileName}: a value is out of range", e);
        }
    }
}
