using CnnViz.Cli.Commands;

namespace CnnViz.Cli.Tests.Commands;

/// <summary>MODEL as a name or a path.</summary>
public sealed class ModelReferenceTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cnnviz-test-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("nanodet")]
    [InlineData("v1.5-large")]
    public void Read_Name_StaysAName(string name)
    {
        Assert.Equal(new ModelReference(name, null), ModelReference.Read(name, local: true));
        Assert.Equal(new ModelReference(name, null), ModelReference.Read(name, local: false));
    }

    [Theory]
    [InlineData("my.onnx")]
    [InlineData("model.json")]
    [InlineData("model.h5")]
    [InlineData("mine.keras")]
    public void Read_File_IsItsAbsolutePathAndItsFolderAlone(string name)
    {
        var path = Written(name);
        var expected = new ModelReference(path, _folder.FullName);

        Assert.Equal(expected, ModelReference.Read(path, local: true));
        Assert.Equal(expected, ModelReference.Read(Path.Combine(_folder.FullName, "x", "..", name), local: true));

        // Relative to where the tool was started, with and without a separator.
        var relative = Path.GetRelativePath(Environment.CurrentDirectory, path);
        Assert.False(Path.IsPathRooted(relative));
        Assert.Equal(expected, ModelReference.Read(relative, local: true));
        Assert.Equal(expected, ModelReference.Read("./" + relative, local: true));
    }

    [Theory]
    [InlineData("./no/such.onnx", "There is no file './no/such.onnx'")]
    [InlineData("such.onnx", "There is no file 'such.onnx'")]
    [InlineData("/", "is a folder")]
    [InlineData("./weights.bin", "is no model file that is read: .onnx, .json, .safetensors, .h5, .hdf5 or .keras")]
    public void Read_NoModelFile_UsageErrorBeforeAnythingStarts(string given, string part)
    {
        var failure = Assert.Throws<CliException>(() => ModelReference.Read(given, local: true));

        Assert.Equal(ExitCodes.Usage, failure.ExitCode);
        Assert.Contains(part, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_FolderNamedLikeAModel_UsageError()
    {
        var folder = _folder.CreateSubdirectory("my.onnx").FullName;

        var failure = Assert.Throws<CliException>(() => ModelReference.Read(folder, local: true));

        Assert.Contains("is a folder", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("./no/such.onnx")]
    [InlineData("/srv/models/their.json")]
    [InlineData("./weights.bin")]
    public void Read_PathForAServiceThatRuns_IsSentAsItIs(string given) =>
        Assert.Equal(new ModelReference(given, null), ModelReference.Read(given, local: false));

    private string Written(string name)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllBytes(path, [0]);
        return path;
    }
}
