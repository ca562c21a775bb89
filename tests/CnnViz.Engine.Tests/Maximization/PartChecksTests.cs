using CnnViz.Engine.Maximization;
using CnnViz.Models;

namespace CnnViz.Engine.Tests.Maximization;

/// <summary>The limits of objectives, penalties, transforms and crops.</summary>
public sealed class PartChecksTests
{
    private static readonly MaximizationValidator _validator = new(MaximizationLimits.Default);

    public static TheoryData<string, MaximizationOptions> Bad
    {
        get
        {
            var good = Options();
            var term = new TermOptions { Layer = "features" };
            return new TheoryData<string, MaximizationOptions>
            {
                { "objective", good with { Objective = (ObjectiveKind)9 } },
                { "parameterization", good with { Parameterization = (ParameterizationKind)9 } },
                { "optimizer", good with { Optimizer = (OptimizerKind)9 } },
                { "neuron_row", good with { NeuronRow = -2 } },
                { "neuron_column", good with { NeuronColumn = 4096 } },
                { "cosine_power", good with { CosinePower = double.NaN } },
                { "direction", good with { Objective = ObjectiveKind.Direction } },
                { "direction", good with { Objective = ObjectiveKind.Direction, Direction = [0, 0] } },
                { "direction", good with { Objective = ObjectiveKind.Direction, Direction = [1, float.NaN] } },
                { "terms", good with { Terms = [.. Enumerable.Repeat(term, 17)] } },
                { "terms[0].objective", good with { Terms = [term with { Objective = ObjectiveKind.Direction }] } },
                { "terms[1].layer", good with { Terms = [term, term with { Layer = " " }] } },
                { "terms[0].filter", good with { Terms = [term with { Filter = -1 }] } },
                { "terms[0].weight", good with { Terms = [term with { Weight = double.NegativeInfinity }] } },
                { "diversity.variants", good with { Diversity = new() { Variants = 0 } } },
                { "diversity.variants", good with { Diversity = new() { Variants = 17 } } },
                { "diversity.variants", good with { Diversity = new() { Variants = 2 }, Transform = TransformKind.Crops } },
                { "diversity.variants", good with { Diversity = new() { Variants = 2 }, Filters = [.. Enumerable.Range(0, 300)] } },
                { "diversity.weight", good with { Diversity = new() { Weight = -1 } } },
                { "score", good with { Score = true, Objective = ObjectiveKind.DeepDream } },
                { "regularization.total_variation", good with { Regularization = new() { TotalVariation = -1 } } },
                { "regularization.l1", good with { Regularization = new() { L1 = double.NaN } } },
                { "regularization.l2", good with { Regularization = new() { L2 = 1e7 } } },
                { "regularization.blur", good with { Regularization = new() { Blur = -0.1 } } },
                { "regularization.blur_sigma", good with { Regularization = new() { BlurSigma = 0 } } },
                { "gradient_blurs", good with { GradientBlurs = [1, 1, 1, 1, 1, 1, 1, 1, 1] } },
                { "gradient_blurs[1]", good with { GradientBlurs = [1, 0] } },
                { "relu_relief_steps", good with { ReluReliefSteps = -1 } },
                { "lucid_chain.pad", good with { LucidChain = new() { Pad = 129 } } },
                { "lucid_chain.first_crop", good with { LucidChain = new() { FirstCrop = 32 } } },
                { "lucid_chain.smallest_scale", good with { LucidChain = new() { SmallestScale = 0.2 } } },
                { "lucid_chain.scale_step", good with { LucidChain = new() { ScaleStep = -0.1 } } },
                { "lucid_chain.scale_count", good with { LucidChain = new() { ScaleCount = 0 } } },
                { "lucid_chain.rotation_degrees", good with { LucidChain = new() { RotationDegrees = 181 } } },
                { "lucid_chain.last_crop", good with { LucidChain = new() { LastCrop = -1 } } },
                { "crops.count", good with { Crops = new() { Count = 0 } } },
                { "crops.count", good with { Transform = TransformKind.Crops, Crops = new() { Count = 128, Size = 1024 } } },
                { "crops.size", good with { Crops = new() { Size = 15 } } },
                { "crops.centre_deviation", good with { Crops = new() { CentreDeviation = 2 } } },
                { "crops.first_side", good with { Crops = new() { FirstSide = 0.01 } } },
                { "crops.last_side", good with { Crops = new() { LastSide = 1.5 } } },
                { "crops.side_deviation", good with { Crops = new() { SideDeviation = double.NaN } } },
                { "crops.normal_noise", good with { Crops = new() { NormalNoise = -1 } } },
                { "crops.uniform_noise", good with { Crops = new() { UniformNoise = 3 } } },
            };
        }
    }

    [Theory]
    [MemberData(nameof(Bad))]
    public void Validate_OneBadValue_ThatFieldNamedWithReason(string field, MaximizationOptions options)
    {
        var violation = Assert.Single(_validator.Validate(options));

        Assert.Equal(field, violation.Field);
        Assert.NotEmpty(violation.Reason);
    }

    [Fact]
    public void Validate_CropsOfAWrongSize_TheirSizeNamedNotThePictures()
    {
        var options = Options() with { Height = 100, Width = 100, Transform = TransformKind.Crops, Crops = new() { Size = 48 } };

        var violations = _validator.Validate(options, AnalyticGraph.Create(sizeMultiple: 32));

        Assert.All(violations, v => Assert.Equal(("crops.size", "48"), (v.Field, v.Value)));
        Assert.NotEmpty(violations);
    }

    [Fact]
    public void ValidateFilters_CellAndDirectionThatTheLayerLacks_Named()
    {
        var shape = new TensorShape(5, 3, 4);

        var neuron = MaximizationValidator.ValidateFilters(
            Options() with { Objective = ObjectiveKind.Neuron, NeuronRow = 3, NeuronColumn = 3 }, shape);
        var direction = MaximizationValidator.ValidateFilters(
            Options() with { Objective = ObjectiveKind.Direction, Direction = [1, 2] }, shape);

        Assert.Equal("neuron_row", Assert.Single(neuron).Field);
        Assert.Equal("direction", Assert.Single(direction).Field);
    }

    [Fact]
    public void ValidateTerms_FilterBeyondItsLayer_Named()
    {
        var options = Options() with { Terms = [new() { Layer = "a", Filter = 1 }, new() { Layer = "b", Filter = 2 }] };

        var violation = Assert.Single(
            MaximizationValidator.ValidateTerms(options, name => new TensorShape(name == "a" ? 2 : 1, 4, 4)));

        Assert.Equal("terms[1].filter", violation.Field);
    }

    private static MaximizationOptions Options() =>
        MaximizationOptions.ForRecipe(MaximizationRecipe.Lucid, "features", [0, 1], 32, 32);
}
