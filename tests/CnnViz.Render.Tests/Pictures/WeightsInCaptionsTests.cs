using CnnViz.Render.Tests.Support;
using CnnViz.V1;

namespace CnnViz.Render.Tests.Pictures;

/// <summary>Captions say which weights are seen.</summary>
public sealed class WeightsInCaptionsTests
{
    private const string Digest = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    private const string Official = "vgg16_weights_tf_dim_ordering_tf_kernels.h5";

    [Theory]
    [InlineData(Official, Digest, false, $"net (weights {Official} 01234567) · layer")]
    [InlineData("net.onnx", Digest, false, "net (weights 01234567) · layer")]
    [InlineData("model.json", Digest, false, "net (weights 01234567) · layer")]
    [InlineData("", Digest, false, "net (weights 01234567) · layer")]
    [InlineData("", Digest, true, "net (untrained) · layer")]
    [InlineData("", "", false, "net · layer")]
    public void Draw_Filters_TitleNamesFileAndDigest(string file, string digest, bool untrained, string title)
    {
        var model = Made.Model("hidden");
        (model.WeightsFile, model.Digest, model.Layers[^1].Untrained) = (file, digest, untrained);

        var picture = Made.Filters(Made.Tensor("kernel", "HWIO", new float[27], 3, 3, 3, 1), new RenderFiltersRequest(), model);

        Assert.StartsWith(title, picture.Caption, StringComparison.Ordinal);
    }
}
