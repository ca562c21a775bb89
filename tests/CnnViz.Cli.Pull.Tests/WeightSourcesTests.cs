using CnnViz.Models;

namespace CnnViz.Cli.Pull.Tests;

/// <summary>The list of what may be downloaded.</summary>
public sealed class WeightSourcesTests
{
    private const string Begin = """{"hosts":["a.example"],"maxBytes":1,"files":[{"network":"vgg16",""";
    private const string File = "\"file\":\"vgg16_weights_tf_dim_ordering_tf_kernels.h5\"";
    private const string Digest = ""","digests":[{"algorithm":"md5","value":"64373286793e3c8b2b4e3219cbf3544b"}]""";
    private const string End = ""","licence":""}]}""";

    [Fact]
    public void BuiltIn_EveryEntry_IsForANetworkOfTheZooWithLicenceAndHttps()
    {
        var sources = WeightSources.BuiltIn();

        Assert.Equal(26, sources.Files.Count);
        Assert.Equal(sources.Files.Count, sources.Files.Select(file => file.Network).Distinct().Count());
        Assert.All(sources.Files, file =>
        {
            Assert.Contains(ZooModel.All, model => model.Name == file.Network);
            Assert.Equal(Uri.UriSchemeHttps, file.Url.Scheme);
            Assert.Equal(sources.Hosts[file.Digests[0].Algorithm == "md5" ? 0 : 1], file.Url.Host);
            if (file.Digests[0].Algorithm == "md5")
                Assert.EndsWith("/" + file.File, file.Url.AbsolutePath, StringComparison.Ordinal);
            else
                Assert.Contains($"/timm/{Path.GetFileNameWithoutExtension(file.File)}/", file.Url.AbsolutePath, StringComparison.Ordinal);
            Assert.Contains("licence", file.Licence, StringComparison.Ordinal);
        });
        Assert.Contains(sources.Files, file => file is { Network: "vgg16", Bytes: 553_467_096 });
        Assert.Contains(sources.Files, file => file.Network == "resnet50v2-notop");
    }

    [Theory]
    [InlineData("https://storage.googleapis.com.example.net/x")]
    [InlineData("https://storage.googleapis.com:8443/x")]
    [InlineData("http://storage.googleapis.com/x")]
    [InlineData("https://evil.example/storage.googleapis.com")]
    [InlineData("https://storage.googleapis.com@evil.example/x")]
    public void Refusal_AddressThatOnlyLooksRight_IsRefused(string address) =>
        Assert.NotNull(WeightSources.BuiltIn().Refusal(new Uri(address)));

    [Theory]
    [InlineData("{}", "needs hosts")]
    [InlineData("nonsense", "malformed")]
    [InlineData("""{"hosts":["a.example"],"maxBytes":1,"files":[{"network":"vgg16"}]}""", "needs network, file")]
    [InlineData(Begin + "\"file\":\"../x.h5\",\"url\":\"https://a.example/x\"" + Digest + End, "is no file for it")]
    [InlineData(Begin + File + ",\"url\":\"https://b.example/x\"" + Digest + End, "not on the list of hosts")]
    [InlineData(Begin + File + ",\"url\":\"http://a.example/x\"" + Digest + End, "is not https")]
    [InlineData(
        Begin + File + ",\"url\":\"https://a.example/x\",\"digests\":[{\"algorithm\":\"crc\",\"value\":\"1\"}]" + End, "digests must be")]
    public void Load_ListThatCannotBe_IsRefused(string json, string part)
    {
        var path = Path.GetTempFileName();
        try
        {
            System.IO.File.WriteAllText(path, json);
            var error = Assert.Throws<CliException>(() => WeightSources.Load(path));
            Assert.Contains(part, error.Message, StringComparison.Ordinal);
        }
        finally
        {
            System.IO.File.Delete(path);
        }
    }
}
