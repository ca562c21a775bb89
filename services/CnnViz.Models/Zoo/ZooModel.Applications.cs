namespace CnnViz.Models;

/// <summary>The networks of Keras Applications and torchvision.</summary>
public sealed partial record ZooModel
{
    /// <summary>What a network's builder takes beside name and description.</summary>
    private delegate ModelGraph ApplicationBuilder(string name, string description, bool includeTop);

    /// <summary>With and without their classifiers, the latter as "NAME-notop".</summary>
    private static IEnumerable<ZooModel> Applications()
    {
        (string Name, string Title, ApplicationBuilder Build)[] networks =
        [
            ("vgg16", "VGG16", (name, text, top) => Vgg.Build(name, text, [2, 2, 3, 3, 3], top)),
            ("vgg19", "VGG19", (name, text, top) => Vgg.Build(name, text, [2, 2, 4, 4, 4], top)),
            ("resnet50", "ResNet50", (name, text, top) => ResNetV1.Build(name, text, [3, 4, 6, 3], top)),
            ("resnet101", "ResNet101", (name, text, top) => ResNetV1.Build(name, text, [3, 4, 23, 3], top)),
            ("resnet152", "ResNet152", (name, text, top) => ResNetV1.Build(name, text, [3, 8, 36, 3], top)),
            ("resnet50v2", "ResNet50V2", (name, text, top) => ResNetV2.Build(name, text, [3, 4, 6, 3], top)),
            ("resnet101v2", "ResNet101V2", (name, text, top) => ResNetV2.Build(name, text, [3, 4, 23, 3], top)),
            ("resnet152v2", "ResNet152V2", (name, text, top) => ResNetV2.Build(name, text, [3, 8, 36, 3], top)),
            ("mobilenet", "MobileNet (width 1.0)", MobileNetV1.Build),
            ("mobilenetv2", "MobileNetV2 (width 1.0)", MobileNetV2.Build),
            ("densenet121", "DenseNet121", DenseNet121.Build),
            ("inceptionv3", "InceptionV3", InceptionV3.Build),
            ("efficientnetb0", "EfficientNetB0", EfficientNetB0.Build),
            ("squeezenet", "SqueezeNet 1.1", SqueezeNet.Build),
        ];
        foreach (var (name, title, build) in networks)
        {
            yield return Describe(name, title, "with", (key, text) => build(key, text, includeTop: true));
            yield return Describe($"{name}-notop", title, "without", (key, text) => build(key, text, includeTop: false));
        }
    }

    private static ZooModel Describe(string name, string title, string top, Func<string, string, ModelGraph> build)
    {
        var source = title.StartsWith("SqueezeNet", StringComparison.Ordinal) ? "its Keras port has it" : "Keras builds it";
        return new(name, $"{title} as {source}, {top} its classifier; {Seeded}", Untrained: true, build);
    }

    /// <summary>
    /// With their classifiers, under the names of torchvision's modules. These are networks of their own: other strides,
    /// paddings, preprocessing and flattening than Keras'.
    /// </summary>
    private static IEnumerable<ZooModel> Torchvision()
    {
        (string Name, string Title, Func<string, string, ModelGraph> Build)[] networks =
        [
            ("resnet18", "ResNet18", (name, text) => TorchResNet.Build(name, text, [2, 2, 2, 2], bottleneck: false)),
            ("resnet34", "ResNet34", (name, text) => TorchResNet.Build(name, text, [3, 4, 6, 3], bottleneck: false)),
            ("resnet50", "ResNet50", (name, text) => TorchResNet.Build(name, text, [3, 4, 6, 3], bottleneck: true)),
            ("resnet101", "ResNet101", (name, text) => TorchResNet.Build(name, text, [3, 4, 23, 3], bottleneck: true)),
            ("resnet152", "ResNet152", (name, text) => TorchResNet.Build(name, text, [3, 8, 36, 3], bottleneck: true)),
            ("vgg16", "VGG16", (name, text) => TorchVgg.Build(name, text, [2, 2, 3, 3, 3])),
            ("vgg19", "VGG19", (name, text) => TorchVgg.Build(name, text, [2, 2, 4, 4, 4])),
        ];
        return networks.Select(network => new ZooModel(
            $"{network.Name}-torchvision",
            $"{network.Title} as torchvision builds it, with its classifier; {Seeded}",
            Untrained: true,
            network.Build));
    }
}
