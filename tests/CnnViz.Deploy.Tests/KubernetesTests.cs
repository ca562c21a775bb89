using System.Globalization;
using System.Text.Json;
using CnnViz.Tests.Shared;

namespace CnnViz.Deploy.Tests;

/// <summary>The Kubernetes manifests: valid for the API, and true to each other and to the services.</summary>
public sealed class KubernetesTests : IClassFixture<ManifestTools>
{
    private static readonly string _overlays = Path.Combine(ManifestTools.Deploy, "kubernetes", "overlays");

    public static TheoryData<string> Overlays => ["cpu", "gpu"];

    /// <summary>What is replaced in which file, and a word of the problem that follows.</summary>
    public static TheoryData<string, string, string, string> Mistakes => new()
    {
        { "base/render.yaml", "readOnlyRootFilesystem", "readOnlyRootFileSystem", "readOnlyRootFileSystem" },
        { "base/inference.yaml", "periodSeconds: 20", "periodSeconds: soon", "periodSeconds" },
        { "base/inference.yaml", "image: cnnviz-inference", "imagePullPolicy: Sometimes", "imagePullPolicy" },
        { "base/network.yaml", "podSelector: {}", "podSelectors: {}", "podSelector" },
        { "base/redis.yaml", "apiVersion: v1\nkind: Service", "apiVersion: v2\nkind: Service", "no v2 Service" },
        { "overlays/cpu/inference.yaml", "name: inference\nspec", "name: inferense\nspec", "inferense" },
        { "overlays/cpu/kustomization.yaml", "images:", "imagez:", "imagez" },
        { "overlays/cpu/inference.yaml", "memory: 8Gi}", "memory: 8GiB}", "memory" },
    };

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task Overlay_AgainstSchemasAndTypes_IsValid(string overlay)
    {
        var manifests = await CheckAsync(overlay);
        Assert.Empty(manifests.Problems);
        Assert.Equal(3, manifests.OfKind("Deployment").Count());
        Assert.Equal(3, manifests.OfKind("NetworkPolicy").Count());
        Assert.All(
            manifests.Resources.Where(resource => resource.Text("kind") != "Namespace"),
            resource => Assert.Equal("cnnviz", resource.Text("metadata", "namespace")));
    }

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task Overlay_WithADeliberateError_IsCaught(string file, string right, string wrong, string word)
    {
        using var copy = new TemporaryFolder();
        Copy(Path.Combine(ManifestTools.Deploy, "kubernetes"), copy.Path);
        var changed = Path.Combine(copy.Path, file);
        var text = await File.ReadAllTextAsync(changed);
        Assert.Contains(right, text, StringComparison.Ordinal);
        await File.WriteAllTextAsync(changed, text.Replace(right, wrong, StringComparison.Ordinal));

        var manifests = await ManifestTools.CheckAsync(Path.Combine(copy.Path, "overlays", "cpu"));
        Assert.Contains(manifests.Problems, problem => problem.Contains(word, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task Pods_OfEveryDeployment_AreSelectedAndLockedDown(string overlay)
    {
        var manifests = await CheckAsync(overlay);
        foreach (var deployment in manifests.OfKind("Deployment"))
        {
            var labels = deployment.Labels("spec", "template", "metadata", "labels");
            Assert.Equal(deployment.Labels("spec", "selector", "matchLabels"), labels);
            var service = manifests.Named("Service", deployment.Text("metadata", "name"));
            Assert.Equal(labels, service.Labels("spec", "selector"));

            var pod = deployment.At("spec", "template", "spec");
            Assert.False(pod.At("automountServiceAccountToken").GetBoolean());
            Assert.True(pod.At("securityContext", "runAsNonRoot").GetBoolean());
            Assert.Equal("RuntimeDefault", pod.Text("securityContext", "seccompProfile", "type"));
            var container = pod.At("containers").EnumerateArray().Single();
            Assert.True(container.At("securityContext", "readOnlyRootFilesystem").GetBoolean());
            Assert.False(container.At("securityContext", "allowPrivilegeEscalation").GetBoolean());
            Assert.Equal("ALL", container.At("securityContext", "capabilities", "drop")[0].GetString());
            Assert.True(container.At("resources", "limits").TryGetProperty("memory", out _));

            // Every port of the service and of the probes is one of the container's.
            var ports = container.At("ports").EnumerateArray().ToDictionary(port => port.Text("name"), port => port.At("containerPort").GetInt32());
            Assert.All(service.At("spec", "ports").EnumerateArray(), port => Assert.Equal(port.At("port").GetInt32(), ports[port.Text("targetPort")]));
            foreach (var probe in new[] { "startupProbe", "readinessProbe", "livenessProbe" }.Where(name => container.TryGetProperty(name, out _)))
            {
                var check = container.At(probe);
                if (check.TryGetProperty("grpc", out var grpc))
                {
                    Assert.Equal(ports["grpc"], grpc.At("port").GetInt32());
                }
                else
                {
                    var kind = check.TryGetProperty("httpGet", out var http) ? http : check.At("tcpSocket");
                    Assert.Contains(kind.Text("port"), ports.Keys);
                }
            }
        }
    }

    [Fact]
    public async Task Budgets_AndTheAutoscaler_AreForWhatThereIs()
    {
        var manifests = await CheckAsync("cpu");
        foreach (var name in (string[])["inference", "render"])
        {
            var budget = manifests.Named("PodDisruptionBudget", name);
            Assert.Equal(
                manifests.Named("Deployment", name).Labels("spec", "selector", "matchLabels"),
                budget.Labels("spec", "selector", "matchLabels"));
        }

        var scaler = manifests.Named("HorizontalPodAutoscaler", "inference");
        Assert.Equal("inference", scaler.Text("spec", "scaleTargetRef", "name"));
        Assert.False(manifests.Named("Deployment", "inference").At("spec").TryGetProperty("replicas", out _));

        // The metric is one that the service has: cnnviz_queue_depth is cnnviz.queue.depth on /metrics.
        var metric = scaler.At("spec", "metrics")[0].Text("pods", "metric", "name");
        Assert.Contains($"\"{metric.Replace('_', '.')}\"", Sources(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task Variables_OfTheServices_AreReadByThem(string overlay)
    {
        var manifests = await CheckAsync(overlay);
        var sources = Sources() + await File.ReadAllTextAsync(Path.Combine(ManifestTools.Deploy, "docker", "cpu.Dockerfile"));
        foreach (var name in (string[])["inference", "render"])
        {
            var container = manifests.Named("Deployment", name).At("spec", "template", "spec", "containers")[0];
            var variables = container.At("env").EnumerateArray().ToDictionary(variable => variable.Text("name"), StringComparer.Ordinal);
            Assert.Equal($"redis:6379,password=$(REDIS_PASSWORD)", variables["ConnectionStrings__redis"].Text("value"));

            // Kubernetes replaces only variables that come before.
            var order = variables.Keys.ToList();
            Assert.True(order.IndexOf("REDIS_PASSWORD") < order.IndexOf("ConnectionStrings__redis"));
            Assert.All(
                order.Where(variable => variable.StartsWith("CNNVIZ_", StringComparison.Ordinal)),
                variable => Assert.Contains($"\"{variable}\"", sources, StringComparison.Ordinal));
        }

        var render = manifests.Named("Deployment", "render").At("spec", "template", "spec", "containers")[0];
        var address = render.At("env").EnumerateArray().Single(variable => variable.Text("name").StartsWith("services__", StringComparison.Ordinal));
        var service = manifests.Named("Service", "inference");
        Assert.Equal("services__inference__grpc__0", address.Text("name"));
        Assert.Equal($"dns:///inference:{service.At("spec", "ports")[0].At("port").GetInt32()}", address.Text("value"));

        // Client-side balancing needs every replica's own address.
        Assert.Equal("None", service.Text("spec", "clusterIP"));
    }

    [Fact]
    public async Task GpuOverlay_AsksForAGpuAndTheCudaImage()
    {
        var inference = (await CheckAsync("gpu")).Named("Deployment", "inference").At("spec", "template", "spec");
        var container = inference.At("containers")[0];
        Assert.Equal("cnnviz-inference:cuda", container.Text("image"));
        Assert.Equal("1", container.Text("resources", "limits", "nvidia.com/gpu"));
        Assert.Contains(inference.At("tolerations").EnumerateArray(), toleration => toleration.Text("key") == "nvidia.com/gpu");

        // What the patch does not name is still the base's.
        Assert.Equal(2, container.At("startupProbe", "periodSeconds").GetInt32());
        Assert.Equal(150, container.At("startupProbe", "failureThreshold").GetInt32());
    }

    [Fact]
    public async Task CallersComponent_EveryServiceReadsKeysFromSecrets()
    {
        using var copy = new TemporaryFolder();
        Copy(Path.Combine(ManifestTools.Deploy, "kubernetes"), copy.Path);
        var kustomization = Path.Combine(copy.Path, "overlays", "cpu", "kustomization.yaml");
        await File.AppendAllTextAsync(kustomization, "components:\n  - ../../components/callers\n");

        var manifests = await ManifestTools.CheckAsync(Path.GetDirectoryName(kustomization)!);
        Assert.Empty(manifests.Problems);
        foreach (var name in (string[])["inference", "render"])
        {
            var pod = manifests.Named("Deployment", name).At("spec", "template", "spec");
            var container = pod.At("containers")[0];
            var keys = container.At("env").EnumerateArray().Single(variable => variable.Text("name") == "Callers__KeysFile").Text("value");
            var mount = container.At("volumeMounts").EnumerateArray().Single(mount => keys.StartsWith(mount.Text("mountPath") + "/", StringComparison.Ordinal));
            Assert.True(mount.At("readOnly").GetBoolean());
            Assert.Contains(pod.At("volumes").EnumerateArray(), volume => volume.Text("name") == mount.Text("name") && volume.Text("secret", "secretName") == "cnnviz-callers");
            Assert.Contains(pod.At("volumes").EnumerateArray(), volume => volume.Text("name") == "tmp");
        }
    }

    [Fact]
    public async Task Grace_OfThePods_IsLongerThanADrain()
    {
        var manifests = await CheckAsync("cpu");
        var settings = manifests.Named("ConfigMap", "cnnviz").At("data");
        var drain = TimeSpan.Parse(settings.Text("Drain__Pause"), CultureInfo.InvariantCulture)
            + TimeSpan.Parse(settings.Text("Drain__Grace"), CultureInfo.InvariantCulture);
        foreach (var name in (string[])["inference", "render"])
        {
            var grace = manifests.Named("Deployment", name).At("spec", "template", "spec", "terminationGracePeriodSeconds").GetInt32();
            Assert.True(grace > drain.TotalSeconds, $"{grace} s for a drain of {drain}");
        }
    }

    [Fact]
    public async Task NetworkPolicies_LetThroughWhatTheServicesNeed()
    {
        var manifests = await CheckAsync("cpu");
        Assert.Equal(JsonValueKind.Object, manifests.Named("NetworkPolicy", "nothing-by-default").At("spec", "podSelector").ValueKind);
        var redis = manifests.Named("NetworkPolicy", "redis").At("spec", "ingress")[0];
        Assert.Equal(6379, redis.At("ports")[0].At("port").GetInt32());
        var services = manifests.Named("NetworkPolicy", "services").At("spec");
        var inward = services.At("ingress").EnumerateArray().SelectMany(rule => rule.At("ports").EnumerateArray()).Select(port => port.At("port").GetInt32());
        var outward = services.At("egress").EnumerateArray().SelectMany(rule => rule.At("ports").EnumerateArray()).Select(port => port.At("port").GetInt32());
        Assert.Superset(new HashSet<int> { 8080, 8081 }, inward.ToHashSet());
        Assert.Superset(new HashSet<int> { 6379, 8080, 53, 4317 }, outward.ToHashSet());
    }

    private static Task<CheckedManifests> CheckAsync(string overlay) => ManifestTools.CheckAsync(Path.Combine(_overlays, overlay));

    private static string Sources() => string.Concat(
        Directory.EnumerateFiles(Path.Combine(RepositoryPaths.Root, "services"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText));

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }
}
