using CnnViz.Engine.Maximization;
using CnnViz.Models;

namespace CnnViz.Engine.Tests.Maximization;

public sealed class MaximizationValidatorTests
{
    private static readonly MaximizationValidator _validator = new(MaximizationLimits.Default);

    public static TheoryData<string, MaximizationOptions> Bad
    {
        get
        {
            var good = Options();
            var data = new TheoryData<string, MaximizationOptions>
            {
                { "steps", good with { Steps = 0 } },
                { "steps", good with { Steps = 4097 } },
                { "height", good with { Height = 15 } },
                { "height", good with { Height = 1025 } },
                { "width", good with { Width = -3 } },
                { "width", good with { Width = int.MaxValue } },
                { "filters", good with { Filters = [] } },
                { "filters", good with { Filters = [.. Enumerable.Range(0, 513)] } },
                { "filters[1]", good with { Filters = [3, -1] } },
                { "filters[2]", good with { Filters = [3, 1, 3] } },
                { "layer", good with { Layer = " " } },
                { "preview_interval", good with { PreviewInterval = -1 } },
                { "border", good with { Border = -1 } },
                { "recipe", good with { Recipe = (MaximizationRecipe)9 } },
                { "transform", good with { Transform = (TransformKind)9 } },
                { "adam_beta1", good with { AdamBeta1 = 1 } },
                { "adam_beta2", good with { AdamBeta2 = double.NaN } },
                { "adam_epsilon", good with { AdamEpsilon = 0 } },
                { "scale_jitter", good with { ScaleJitter = 0.51 } },
                { "shift_pixels", good with { ShiftPixels = 65 } },
                { "rotation_degrees", good with { RotationDegrees = -1 } },
                { "spectrum_deviation", good with { SpectrumDeviation = 0 } },
                { "noise_amplitude", good with { NoiseAmplitude = double.NaN } },
            };
            foreach (var rate in new[] { 0, -1, 1001, double.NaN, double.PositiveInfinity, double.NegativeInfinity })
            {
                data.Add("learning_rate", good with { LearningRate = rate });
            }

            return data;
        }
    }

    [Theory]
    [InlineData(MaximizationRecipe.Keras)]
    [InlineData(MaximizationRecipe.Lucid)]
    [InlineData(MaximizationRecipe.Maco)]
    public void Validate_RecipeDefaults_NoViolation(MaximizationRecipe recipe)
    {
        var options = MaximizationOptions.ForRecipe(recipe, "features", [0, 511], 180, 16);

        Assert.Empty(_validator.Validate(options, AnalyticGraph.Create()));
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
    public void Validate_SeveralBadValues_AllNamed()
    {
        var violations = _validator.Validate(Options() with { Steps = 0, LearningRate = double.NaN, Height = 5000 });

        Assert.Equal(["height", "steps", "learning_rate"], violations.Select(v => v.Field));
        Assert.Equal(new FieldViolation("height", "5000", "16 to 1024 is allowed"), violations[0]);
        Assert.Equal("NaN", violations[2].Value);
    }

    [Fact]
    public void Validate_SizeNoMultiple_ModelsMultipleNamed()
    {
        var graph = AnalyticGraph.Create(sizeMultiple: 32);

        var violation = Assert.Single(_validator.Validate(Options() with { Height = 100 }, graph));

        Assert.Equal(new FieldViolation("height", "100", "the model needs a multiple of 32"), violation);
    }

    [Fact]
    public void Validate_FixedSizeModel_OtherSizesRefused()
    {
        var violations = _validator.Validate(Options() with { Height = 64, Width = 32 }, AnalyticGraph.Create(fixedSize: true));

        Assert.Equal(new FieldViolation("height", "64", "the model runs only at 32"), Assert.Single(violations));
    }

    [Fact]
    public void Validate_UnknownLayer_Refused()
    {
        var violation = Assert.Single(_validator.Validate(Options() with { Layer = "nowhere" }, AnalyticGraph.Create()));

        Assert.Equal(("layer", "nowhere"), (violation.Field, violation.Value));
    }

    [Fact]
    public void ValidateFilters_BeyondTheLayer_EachNamedWithTheLimit()
    {
        var violations = MaximizationValidator.ValidateFilters(Options() with { Filters = [4, 5, 9] }, new TensorShape(5, 3, 3));

        Assert.Equal(["filters[1]", "filters[2]"], violations.Select(v => v.Field));
        Assert.All(violations, v => Assert.Contains("0 to 4", v.Reason, StringComparison.Ordinal));
    }

    private static MaximizationOptions Options() =>
        MaximizationOptions.ForRecipe(MaximizationRecipe.Keras, "features", [0, 1], 32, 32);
}
