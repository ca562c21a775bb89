using CnnViz.V1;
using Grpc.Core;

namespace CnnViz.Stack.Tests;

/// <summary>Recipes, objectives and scores through the wire.</summary>
[Collection(StackCollection.Name)]
public sealed class MaximizationPartsTests(StackFixture stack)
{
    [Fact]
    public async Task MaximizeFilter_MacoWithMask_MaskFollowsTheResult()
    {
        var (events, images) = await stack.Inference.MaximizeAsync(RefusalTests.Request(r =>
        {
            r.Settings.Recipe = Recipe.Maco;
            r.Settings.Steps = 3;
            r.Settings.TransparencyMask = true;
            r.Settings.Crops = new Crops { Count = 2, Size = 64 };
        }));

        Assert.Equal("maco", events[0].Started.Recipe);
        var result = events.Single(e => e.Result is not null);
        var mask = events.Single(e => e.Mask is not null);
        Assert.True(mask.Sequence > result.Sequence);
        Assert.Equal(result.Result.Filter, mask.Mask.Filter);
        Assert.Equal(result.Result.Image.Shape.Skip(1), mask.Mask.Mask.Shape);
        Assert.Equal("HW", mask.Mask.Mask.Layout);
        Assert.Equal(mask.Mask.Mask.Sha256, images[^1].Header.Sha256);
        Assert.All(images[^1].Values, value => Assert.InRange(value, 0f, 1f));
    }

    [Fact]
    public async Task MaximizeFilter_VariantsAndScore_EachVariantWithItsQuality()
    {
        var (events, images) = await stack.Inference.MaximizeAsync(RefusalTests.Request(r =>
        {
            r.Settings.Steps = 3;
            r.Settings.Score = true;
            r.Settings.Diversity = new Diversity { Variants = 2 };
        }));

        var results = events.Where(e => e.Result is not null).Select(e => e.Result).ToList();
        Assert.Equal([0, 1], results.Select(r => r.Variant));
        Assert.All(results, r => Assert.True(r.HasQualityReference && double.IsFinite(r.QualityReference)));
        Assert.All(results, r => Assert.Equal(r.QualityReference > 0, r.HasQualityClean && r.HasQualityTransformed));
        Assert.All(results, r => Assert.Equal(r.Objective, r.QualityActivation));
        Assert.Equal(2, events[0].Started.Variants);
        Assert.Equal(2, images.Count);
        Assert.NotEqual(images[0].Header.Sha256, images[1].Header.Sha256);
    }

    [Fact]
    public async Task MaximizeFilter_ScoreOfAClassLogit_NumbersWithoutARatio()
    {
        var (events, _) = await stack.Inference.MaximizeAsync(RefusalTests.Request(r =>
        {
            r.Layer = "";
            r.Filters.Clear();
            r.Classes.Add("horse");
            r.Settings.Steps = 3;
            r.Settings.Score = true;
        }));

        // No photograph shows a horse: its logits lie below 0.
        var result = events.Single(e => e.Result is not null).Result;
        Assert.True(result.QualityReference < 0, $"reference {result.QualityReference}");
        Assert.False(result.HasQualityClean || result.HasQualityTransformed);
        Assert.Equal(result.Objective, result.QualityActivation);
        Assert.True(result.HasQualityTransformedActivation);
    }

    [Fact]
    public async Task MaximizeFilter_DeepDreamWithoutFilters_OnePicture()
    {
        var (events, images) = await stack.Inference.MaximizeAsync(RefusalTests.Request(r =>
        {
            r.Filters.Clear();
            r.Settings.Steps = 2;
            r.Settings.Objective = Objective.DeepDream;
            r.Settings.Terms.Add(new ObjectiveTerm { Layer = "Add_4", Filter = 1, Weight = 0.5 });
            r.Settings.Regularization = new Regularization { TotalVariation = 0.1 };
        }));

        Assert.Single(images);
        Assert.Single(events, e => e.Result is not null);
    }

    /// <summary>A dense layer fixes the size, which nobody has to know; the pictures have one channel.</summary>
    [Theory]
    [InlineData(Recipe.Lucid)]
    [InlineData(Recipe.Maco)]
    public async Task MaximizeFilter_ClassesOfAGreyClassifier_OneChannelAtTheNetworksOwnSize(Recipe recipe)
    {
        var (events, images) = await stack.Inference.MaximizeAsync(RefusalTests.Request(r =>
        {
            (r.Model, r.Layer) = ("fashion-cnn", "dense_2");
            r.Filters.Clear();
            r.Filters.Add([0, 9]);
            r.Settings = new MaximizationSettings { Recipe = recipe, Steps = 6, PreviewInterval = 3 };
        }));

        Assert.Equal([0, 9], events.Where(e => e.Result is not null).Select(e => e.Result.Filter).Order());
        Assert.All(images, image => Assert.Equal([1L, 28, 28], image.Header.Shape));
        var previews = events.Where(e => e.Preview is not null).Select(e => e.Preview.Png.ToByteArray()).ToList();
        Assert.Equal(4, previews.Count);
        Assert.All(previews, png => Assert.Equal((28, 28), (png[19], png[23])));
    }

    [Theory]
    [InlineData("settings.crops.count")]
    [InlineData("settings.objective_settings.neuron_row")]
    [InlineData("settings.objective_settings.direction")]
    [InlineData("settings.terms[0].filter")]
    [InlineData("settings.adam.beta1")]
    [InlineData("settings.lucid_chain.scale_count")]
    [InlineData("settings.regularization.l2")]
    [InlineData("settings.diversity.variants")]
    [InlineData("settings.gradient_blurs[0]")]
    [InlineData("settings.transform")]
    public async Task MaximizeFilter_OneBadPart_RefusedUnderItsFieldsName(string field)
    {
        var request = RefusalTests.Request(r =>
        {
            var settings = r.Settings;
            switch (field)
            {
                case "settings.crops.count": settings.Crops = new Crops { Count = 129 }; break;
                case "settings.objective_settings.neuron_row":
                    (settings.Objective, settings.ObjectiveSettings) = (Objective.Neuron, new ObjectiveSettings { NeuronRow = 4000 });
                    break;
                case "settings.objective_settings.direction":
                    (settings.Objective, settings.ObjectiveSettings) = (Objective.Direction, new ObjectiveSettings { Direction = { 1, 2 } });
                    break;
                case "settings.terms[0].filter": settings.Terms.Add(new ObjectiveTerm { Filter = 9999 }); break;
                case "settings.adam.beta1": settings.Adam = new Adam { Beta1 = 1 }; break;
                case "settings.lucid_chain.scale_count": settings.LucidChain = new LucidChain { ScaleCount = 0 }; break;
                case "settings.regularization.l2": settings.Regularization = new Regularization { L2 = -1 }; break;
                case "settings.diversity.variants": settings.Diversity = new Diversity { Variants = 17 }; break;
                case "settings.gradient_blurs[0]": settings.GradientBlurs.Add(0); break;
                default: settings.Transform = (Transform)99; break;
            }
        });

        var exception = await Assert.ThrowsAsync<RpcException>(() => stack.Inference.MaximizeAsync(request));

        Assert.Equal(StatusCode.InvalidArgument, exception.StatusCode);
        Assert.Contains(field, exception.Status.Detail, StringComparison.Ordinal);
    }
}
