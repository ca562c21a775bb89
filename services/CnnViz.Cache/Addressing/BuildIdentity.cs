using System.Reflection;
using System.Security.Cryptography;

namespace CnnViz.Cache.Addressing;

/// <summary>
/// What names a version of the code that computes results: the identity of each assembly, which a deterministic build derives from
/// its sources, and the contents of the native libraries that lie beside them. So no release serves what another one computed.
/// </summary>
public static class BuildIdentity
{
    /// <param name="assemblies">Those whose code results depend on.</param>
    public static ContentAddress Of(params IReadOnlyList<Assembly> assemblies)
    {
        var libraries = Directory.EnumerateFiles(AppContext.BaseDirectory, "*cnnviz*.so", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .Select(file => (object?)SHA256.HashData(File.ReadAllBytes(file)));
        return CanonicalHash.Of(
        [
            .. assemblies.Select(assembly => (object?)assembly.ManifestModule.ModuleVersionId.ToByteArray()),
            .. libraries,
        ]);
    }
}
