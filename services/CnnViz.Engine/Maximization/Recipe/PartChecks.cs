namespace CnnViz.Engine.Maximization;

/// <summary>Checks the parts of the options that are records or lists of their own.</summary>
internal static class PartChecks
{
    private const int MaxTerms = 16;
    private const int MaxBlurs = 8;
    private const double MaxSigma = 16;
    private const double MaxPenalty = 1e6;
    private const int MaxDirection = 65536;

    /// <summary>Most values of all views of one picture: 32 crops of 512x512 pixels.</summary>
    private const long MaxCropPixels = 32L * 512 * 512;

    public static void Check(FieldChecks checks, MaximizationOptions options, MaximizationLimits limits)
    {
        CheckObjective(checks, options, limits);
        CheckRegularization(checks, options.Regularization);
        for (var i = 0; i < Math.Min(options.GradientBlurs.Count, MaxBlurs); i++)
        {
            checks.Positive($"gradient_blurs[{i}]", options.GradientBlurs[i], MaxSigma);
        }

        if (options.GradientBlurs.Count > MaxBlurs)
        {
            checks.Refuse("gradient_blurs", $"{options.GradientBlurs.Count} blurs", $"at most {MaxBlurs} are allowed");
        }

        checks.Integer("relu_relief_steps", options.ReluReliefSteps, 0, limits.MaxSteps);
        CheckChain(checks, options, limits);
        CheckCrops(checks, options, limits);
    }

    private static void CheckObjective(FieldChecks checks, MaximizationOptions options, MaximizationLimits limits)
    {
        checks.Integer("neuron_row", options.NeuronRow, -1, 4095);
        checks.Integer("neuron_column", options.NeuronColumn, -1, 4095);
        checks.Range("cosine_power", options.CosinePower, 16);
        if (options.Objective == ObjectiveKind.Direction && options.Direction.Count is 0 or > MaxDirection)
        {
            checks.Refuse("direction", $"{options.Direction.Count} numbers", "one number per channel is needed");
        }
        else if (options.Direction.Any(d => !float.IsFinite(d)) || (options.Direction.Count > 0 && options.Direction.All(d => d == 0)))
        {
            checks.Refuse("direction", "a vector", "finite numbers, not all 0, are needed");
        }

        if (options.Terms.Count > MaxTerms)
        {
            checks.Refuse("terms", $"{options.Terms.Count} terms", $"at most {MaxTerms} are allowed");
        }

        for (var i = 0; i < Math.Min(options.Terms.Count, MaxTerms); i++)
        {
            var term = options.Terms[i];
            checks.Enumeration($"terms[{i}].objective", term.Objective);
            if (term.Objective == ObjectiveKind.Direction)
            {
                checks.Refuse($"terms[{i}].objective", "Direction", "a further term is a channel, a neuron or deep dream");
            }

            if (string.IsNullOrWhiteSpace(term.Layer))
            {
                checks.Refuse($"terms[{i}].layer", term.Layer ?? "", "a layer's name is needed");
            }

            checks.Integer($"terms[{i}].filter", term.Filter, 0, int.MaxValue);
            checks.Range($"terms[{i}].weight", term.Weight, 1000, -1000);
        }

        checks.Integer("diversity.variants", options.Diversity.Variants, 1, 16);
        checks.Range("diversity.weight", options.Diversity.Weight, 10000);
        if (options.Diversity.Variants is > 1 and <= 16)
        {
            if (options.Transform == TransformKind.Crops)
            {
                checks.Refuse("diversity.variants", FieldChecks.Text(options.Diversity.Variants), "only 1 goes with crops");
            }

            if (options.Filters is { } filters && filters.Count <= limits.MaxFilters
                && filters.Count * options.Diversity.Variants > limits.MaxFilters)
            {
                checks.Refuse(
                    "diversity.variants",
                    FieldChecks.Text(options.Diversity.Variants),
                    $"filters times variants is at most {limits.MaxFilters}");
            }
        }

        if (options.Score && options.Objective is not (ObjectiveKind.Channel or ObjectiveKind.Neuron))
        {
            checks.Refuse("score", "true", "only objectives channel and neuron are scored");
        }
    }

    private static void CheckRegularization(FieldChecks checks, RegularizationOptions weights)
    {
        checks.Range("regularization.total_variation", weights.TotalVariation, MaxPenalty);
        checks.Range("regularization.l1", weights.L1, MaxPenalty);
        checks.Range("regularization.l2", weights.L2, MaxPenalty);
        checks.Range("regularization.blur", weights.Blur, MaxPenalty);
        checks.Positive("regularization.blur_sigma", weights.BlurSigma, MaxSigma);
    }

    private static void CheckChain(FieldChecks checks, MaximizationOptions options, MaximizationLimits limits)
    {
        var chain = options.LucidChain;
        var longest = Math.Clamp(Math.Min(options.Height, options.Width), limits.MinSize, 129) - 1;
        checks.Integer("lucid_chain.pad", chain.Pad, 0, 128);
        checks.Integer("lucid_chain.first_crop", chain.FirstCrop, 0, longest);
        checks.Range("lucid_chain.smallest_scale", chain.SmallestScale, 2, 0.25);
        checks.Range("lucid_chain.scale_step", chain.ScaleStep, 1);
        checks.Integer("lucid_chain.scale_count", chain.ScaleCount, 1, 64);
        checks.Integer("lucid_chain.rotation_degrees", chain.RotationDegrees, 0, 180);
        checks.Integer("lucid_chain.last_crop", chain.LastCrop, 0, longest);
    }

    private static void CheckCrops(FieldChecks checks, MaximizationOptions options, MaximizationLimits limits)
    {
        var crops = options.Crops;
        checks.Integer("crops.count", crops.Count, 1, 128);
        if (crops.Size != 0)
        {
            checks.Integer("crops.size", crops.Size, limits.MinSize, limits.MaxSize);
        }

        checks.Range("crops.centre_deviation", crops.CentreDeviation, 1);
        checks.Range("crops.first_side", crops.FirstSide, 1, 0.05);
        checks.Range("crops.last_side", crops.LastSide, 1, 0.05);
        checks.Range("crops.side_deviation", crops.SideDeviation, 1);
        checks.Range("crops.normal_noise", crops.NormalNoise, 2);
        checks.Range("crops.uniform_noise", crops.UniformNoise, 2);
        if (options.Transform == TransformKind.Crops && crops.Count is >= 1 and <= 128
            && (long)crops.Count * options.NetworkHeight * options.NetworkWidth > MaxCropPixels)
        {
            checks.Refuse(
                "crops.count",
                FieldChecks.Text(crops.Count),
                $"the crops have at most {MaxCropPixels} pixels together; lower crops.size or the count");
        }
    }
}
