namespace CnnViz.AppHost.Tests.Infrastructure;

/// <summary>A folder with links to a few programs, to be a process's whole PATH.</summary>
internal sealed class SearchPath : IDisposable
{
    private SearchPath(string directory) => Directory = directory;

    public string Directory { get; }

    public static SearchPath With(params string[] programs)
    {
        var directory = System.IO.Directory.CreateTempSubdirectory("apphost-test-path").FullName;
        foreach (var program in programs)
        {
            var found = Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(d => Path.Combine(d, program))
                .First(File.Exists);
            File.CreateSymbolicLink(Path.Combine(directory, program), found);
        }

        return new SearchPath(directory);
    }

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);
}
