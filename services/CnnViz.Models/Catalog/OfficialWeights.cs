namespace CnnViz.Models;

/// <summary>
/// The weight files that Keras Applications publishes (TensorFlow ordering), which keep their own names, and torchvision's
/// first ImageNet weights as timm publishes them in safetensors, named after their repositories ("vgg16.tv_in1k"); by the networks
/// of the zoo that they are for. They lie in the model root or in the network's directory there.
/// </summary>
public static class OfficialWeights
{
    private const string WithoutTop = "-notop";
    private const string Torchvision = "-torchvision";
    private const string TorchvisionFile = ".tv_in1k.safetensors";

    /// <summary>By the network's name: the file with its classifier and the one without.</summary>
    private static readonly Dictionary<string, (string Top, string NoTop)> _files = new(StringComparer.Ordinal)
    {
        ["vgg16"] = Named("vgg16"),
        ["vgg19"] = Named("vgg19"),
        ["resnet50"] = Named("resnet50"),
        ["resnet101"] = Named("resnet101"),
        ["resnet152"] = Named("resnet152"),
        ["resnet50v2"] = Named("resnet50v2"),
        ["resnet101v2"] = Named("resnet101v2"),
        ["resnet152v2"] = Named("resnet152v2"),
        ["densenet121"] = Named("densenet121"),
        ["inceptionv3"] = Named("inception_v3"),
        ["mobilenet"] = ("mobilenet_1_0_224_tf.h5", "mobilenet_1_0_224_tf_no_top.h5"),
        ["mobilenetv2"] = (
            "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224.h5",
            "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224_no_top.h5"),
        ["efficientnetb0"] = ("efficientnetb0.h5", "efficientnetb0_notop.h5"),
        ["squeezenet"] = Named("squeezenet"),
    };

    /// <summary>
    /// Names of the files that have a network's weights, best first; empty for networks that have none. A network without its
    /// classifier also takes the file with it.
    /// </summary>
    /// <param name="network">A network's name in the zoo.</param>
    public static IReadOnlyList<string> FilesOf(string network)
    {
        ArgumentNullException.ThrowIfNull(network);
        if (network.EndsWith(Torchvision, StringComparison.Ordinal))
        {
            return [$"{network[..^Torchvision.Length]}{TorchvisionFile}"];
        }

        return network.EndsWith(WithoutTop, StringComparison.Ordinal)
            ? _files.TryGetValue(network[..^WithoutTop.Length], out var both) ? [both.NoTop, both.Top] : []
            : _files.TryGetValue(network, out var files) ? [files.Top] : [];
    }

    /// <summary>The network of the zoo that an official file is for; null for other files.</summary>
    /// <param name="file">A file's name without its directory.</param>
    public static string? NetworkOf(string file)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (file.EndsWith(TorchvisionFile, StringComparison.Ordinal))
        {
            var network = $"{file[..^TorchvisionFile.Length]}{Torchvision}";
            return ZooModel.All.Any(model => model.Name == network) ? network : null;
        }

        foreach (var (network, files) in _files)
        {
            if (file == files.Top || file == files.NoTop)
            {
                return file == files.Top ? network : network + WithoutTop;
            }
        }

        return null;
    }

    private static (string, string) Named(string network)
    {
        var stem = $"{network}_weights_tf_dim_ordering_tf_kernels";
        return ($"{stem}.h5", $"{stem}_notop.h5");
    }
}
