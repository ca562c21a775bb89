namespace CnnViz.Bench.Jobs;

/// <summary>The job that the engine is judged by: "Visualizing what convnets learn" on ResNet50V2.</summary>
internal static class Headline
{
    public const string Model = "resnet50v2-notop";
    public const string Layer = "conv3_block4_out";
    public const int Size = 180;
    public const int Border = 2;
    public const int Filters = 64;
    public const int Steps = 30;
}
