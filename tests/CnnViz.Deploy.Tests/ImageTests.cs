using System.Text.RegularExpressions;

namespace CnnViz.Deploy.Tests;

/// <summary>The Dockerfiles and compose files. deploy/check builds and runs them where there is a Docker engine.</summary>
public sealed partial class ImageTests : IClassFixture<ManifestTools>
{
    public static TheoryData<string> Dockerfiles => ["cpu.Dockerfile", "cuda.Dockerfile"];

    [Theory]
    [MemberData(nameof(Dockerfiles))]
    public async Task Dockerfile_EveryImage_RunsAsANumberedUserThatIsNotRoot(string name)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(ManifestTools.Deploy, "docker", name));
        var users = UserLine().Matches(text).Select(match => int.Parse(match.Groups[1].Value, null)).ToList();
        Assert.NotEmpty(users);
        Assert.DoesNotContain(0, users);

        // Packages are installed by root, and everything after that is not.
        Assert.True(text.LastIndexOf("apt-get", StringComparison.Ordinal) < text.IndexOf("\nUSER ", StringComparison.Ordinal));
        Assert.DoesNotContain("USER root", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compose_Services_AreLockedDownAndOnLoopback()
    {
        using var compose = await ManifestTools.ComposeAsync(Path.Combine(ManifestTools.Deploy, "compose", "compose.yaml"));
        var services = compose.RootElement.At("services");
        Assert.Equal(["redis", "inference", "render"], services.EnumerateObject().Select(service => service.Name));
        foreach (var service in services.EnumerateObject().Select(service => service.Value))
        {
            Assert.True(service.At("read_only").GetBoolean());
            Assert.Equal("ALL", service.At("cap_drop")[0].GetString());
            Assert.Equal("no-new-privileges:true", service.At("security_opt")[0].GetString());
            if (service.TryGetProperty("ports", out var ports))
            {
                Assert.All(ports.EnumerateArray(), port => Assert.StartsWith("127.0.0.1:", port.GetString(), StringComparison.Ordinal));
            }
        }

        Assert.Equal("http://inference:8080", services.Text("render", "environment", "services__inference__grpc__0"));
        foreach (var service in (string[])["inference", "render"])
        {
            var build = services.At(service, "build");
            Assert.True(File.Exists(Path.Combine(ManifestTools.Deploy, "compose", build.Text("context"), build.Text("dockerfile"))));
            Assert.Equal(service, build.Text("target"));
        }
    }

    [Fact]
    public async Task ComposeForCuda_Inference_HasAGpu()
    {
        using var compose = await ManifestTools.ComposeAsync(Path.Combine(ManifestTools.Deploy, "compose", "cuda.yaml"));
        var device = compose.RootElement.At("services", "inference", "deploy", "resources", "reservations", "devices")[0];
        Assert.Equal("nvidia", device.Text("driver"));
        Assert.Equal("gpu", device.At("capabilities")[0].GetString());
    }

    [GeneratedRegex(@"^USER (\d+):\d+$", RegexOptions.Multiline)]
    private static partial Regex UserLine();
}
