using CnnViz.Inference.Requests;
using CnnViz.Models;
using CnnViz.ServiceDefaults.Errors;
using CnnViz.V1;

namespace CnnViz.Inference.Uploads;

/// <summary>Checks an upload's header before a byte of its files is taken; each error names the field.</summary>
internal static class UploadHeaders
{
    private const int DigestBytes = 32;

    /// <summary>The note that will lie beside the files.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT naming every field that is refused.</exception>
    public static ModelManifest Read(ModelUpload header, ModelStoreLimits limits)
    {
        var violations = new List<(string Field, string Description)>();
        if (ModelNames.Refusal(header.Name) is { } refusal)
        {
            violations.Add(("header.name", $"{refusal}, unlike {Fields.Quote(header.Name)}"));
        }

        CheckFiles(header, limits, violations);
        var options = UploadMetadata.Read(header.Metadata ?? new ModelMetadata(), violations);
        return violations.Count > 0
            ? throw RpcErrors.InvalidArgument(violations)
            : new ModelManifest
            {
                Origin = "uploaded",
                Files =
                [
                    .. header.Files.Select(file => new ManifestFile(
                        file.Name, file.ByteLength, Convert.ToHexStringLower(file.Sha256.Span))),
                ],
                Architecture = header.Metadata?.Architecture is { Length: > 0 } network ? network : null,
                Options = options,
            };
    }

    private static void CheckFiles(
        ModelUpload header, ModelStoreLimits limits, List<(string Field, string Description)> violations)
    {
        if (header.Files.Count < 1 || header.Files.Count > limits.Files)
        {
            violations.Add(("header.files", $"must be 1 to {limits.Files}, not {header.Files.Count}"));
            return;
        }

        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var bytes = 0L;
        for (var i = 0; i < header.Files.Count; i++)
        {
            var file = header.Files[i];
            if (ModelNames.FileRefusal(file.Name) is { } refusal)
            {
                violations.Add(($"header.files[{i}].name", $"{refusal}, unlike {Fields.Quote(file.Name)}"));
            }
            else if (!names.Add(file.Name))
            {
                violations.Add(($"header.files[{i}].name", $"{Fields.Quote(file.Name)} comes twice"));
            }

            if (file.Sha256.Length != DigestBytes)
            {
                violations.Add(($"header.files[{i}].sha256", $"must have {DigestBytes} bytes, not {file.Sha256.Length}"));
            }

            if (file.ByteLength < 1 || file.ByteLength > limits.Bytes - bytes)
            {
                violations.Add(
                    ($"header.files[{i}].byte_length", $"must be from 1, and all files together at most {limits.Bytes} bytes"));
                continue;
            }

            bytes += file.ByteLength;
        }

        CheckFormat(header, violations);
    }

    private static void CheckFormat(ModelUpload header, List<(string Field, string Description)> violations)
    {
        var first = header.Files[0].Name;
        if (!ModelFormats.Endings.Contains(Path.GetExtension(first)))
        {
            violations.Add(
                ("header.files[0].name", $"must end with {ModelFormats.EndingsText}, the model files that are read"));
            return;
        }

        var format = Path.GetExtension(first) switch
        {
            ".onnx" => ModelFormat.Onnx,
            ".json" => ModelFormat.Tfjs,
            ".keras" => ModelFormat.KerasArchive,
            ".safetensors" => ModelFormat.Safetensors,
            _ => ModelFormat.KerasHdf5,
        };
        if (header.Format != ModelFormat.Unspecified && header.Format != format)
        {
            violations.Add(("header.format", $"does not agree with the first file's ending, {Path.GetExtension(first)}"));
        }
    }
}
