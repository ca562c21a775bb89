using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace CnnViz.Compat.Tests;

/// <summary>Reads which members of some assemblies another assembly's code refers to.</summary>
internal static class MemberReferences
{
    /// <summary>
    /// Lines such as "TorchSharp: torch.Tensor.relu" for each member of one of the assemblies, and each type alone.
    /// </summary>
    public static IEnumerable<string> Read(string file, IReadOnlySet<string> assemblies)
    {
        using var stream = File.OpenRead(file);
        using var portable = new PEReader(stream);
        var reader = portable.GetMetadataReader();
        var lines = new List<string>();
        foreach (var handle in reader.TypeReferences)
        {
            if (Owner(reader, handle) is { } owner && assemblies.Contains(owner))
            {
                lines.Add($"{owner}: {Name(reader, handle)}");
            }
        }

        foreach (var handle in reader.MemberReferences)
        {
            var member = reader.GetMemberReference(handle);
            if (DeclaringType(reader, member.Parent) is { } type && Owner(reader, type) is { } owner && assemblies.Contains(owner))
            {
                var name = reader.GetString(member.Name);
                var arity = member.GetKind() == MemberReferenceKind.Method
                    ? $"({string.Join(", ", member.DecodeMethodSignature(new SignatureNames(), null).ParameterTypes)})"
                    : "";
                lines.Add($"{owner}: {Name(reader, type)}.{name}{arity}");
            }
        }

        return lines;
    }

    // A member's parent is a type, or a generic instantiation of one, whose signature names it.
    private static TypeReferenceHandle? DeclaringType(MetadataReader reader, EntityHandle parent)
    {
        switch (parent.Kind)
        {
            case HandleKind.TypeReference:
                return (TypeReferenceHandle)parent;
            case HandleKind.TypeSpecification:
                var blob = reader.GetBlobReader(reader.GetTypeSpecification((TypeSpecificationHandle)parent).Signature);
                if (blob.ReadSignatureTypeCode() != SignatureTypeCode.GenericTypeInstance)
                {
                    return null;
                }

                blob.ReadCompressedInteger();
                var generic = blob.ReadTypeHandle();
                return generic.Kind == HandleKind.TypeReference ? (TypeReferenceHandle)generic : null;
            default:
                return null;
        }
    }

    private static string? Owner(MetadataReader reader, TypeReferenceHandle handle)
    {
        var scope = reader.GetTypeReference(handle).ResolutionScope;
        return scope.Kind switch
        {
            HandleKind.AssemblyReference => reader.GetString(reader.GetAssemblyReference((AssemblyReferenceHandle)scope).Name),
            HandleKind.TypeReference => Owner(reader, (TypeReferenceHandle)scope),
            _ => null,
        };
    }

    private static string Name(MetadataReader reader, TypeReferenceHandle handle)
    {
        var type = reader.GetTypeReference(handle);
        var name = reader.GetString(type.Name);
        if (type.ResolutionScope.Kind == HandleKind.TypeReference)
        {
            return $"{Name(reader, (TypeReferenceHandle)type.ResolutionScope)}.{name}";
        }

        var space = reader.GetString(type.Namespace);
        return space.Length == 0 ? name : $"{space}.{name}";
    }
}
