using System.CommandLine;
using CnnViz.V1;

namespace CnnViz.Cli.Commands;

/// <summary>
/// The settings of a maximization as options. What is not given stays unset, so that the recipe's defaults hold.
/// </summary>
internal sealed class SettingsOptions
{
    private readonly Option<string?> _recipe = new("--recipe")
    {
        Description = "lucid (default): Fourier parameterization and random transforms; keras: plain ascent on pixels; "
            + "maco: the Fourier magnitudes of photographs",
    };

    private readonly Option<string?> _objective = new("--objective")
    {
        Description = "channel (default): a filter's mean; neuron: its middle cell; deepdream: the whole layer's mean square",
    };

    private readonly Option<int?> _steps = new("--steps")
    {
        Description = "Iterations; default 160 (lucid), 30 (keras) or 256 (maco)",
        HelpName = "n",
    };

    private readonly Option<double?> _learningRate = new("--lr")
    {
        Description = "Step size; default 0.05 (lucid), 10 (keras) or 1 (maco)",
        HelpName = "x",
    };

    private readonly Option<ulong?> _seed = new("--seed") { Description = "Seed; default 0", HelpName = "n" };

    private readonly Option<int?> _size = new("--size")
    {
        Description = "Height and width in pixels; default 128 (lucid), 180 (keras) or 256 (maco)",
        HelpName = "pixels",
    };

    private readonly Option<int?> _variants = new("--variants")
    {
        Description = "Images of each filter that are made to differ, 1 (default) to 16, beside each other in the picture",
        HelpName = "n",
    };

    private readonly Option<double?> _diversityWeight = new("--diversity-weight")
    {
        Description = "How strongly the variants of a filter repel each other, 0 to 10000; default 2, for objectives of about 1",
        HelpName = "x",
    };

    private readonly Option<bool> _score = new("--score")
    {
        Description = "Compare each image with photographs: its objective divided by the 99.9th percentile of the filter's "
            + "activation over them, below the tiles and as a table; objectives channel and neuron only",
    };

    public SettingsOptions()
    {
        _recipe.AcceptOnlyFromAmong("lucid", "keras", "maco");
        _objective.AcceptOnlyFromAmong("channel", "neuron", "deepdream");
    }

    /// <summary>Makes the options known to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_recipe);
        command.Options.Add(_objective);
        command.Options.Add(_steps);
        command.Options.Add(_learningRate);
        command.Options.Add(_seed);
        command.Options.Add(_size);
        command.Options.Add(_variants);
        command.Options.Add(_diversityWeight);
        command.Options.Add(_score);
        command.Validators.Add(result =>
        {
            if (result.GetResult(_diversityWeight) is not null && result.GetResult(_variants) is null)
                result.AddError("--diversity-weight is about the images that --variants asks for.");
        });
    }

    /// <summary>The settings given.</summary>
    public MaximizationSettings Read(ParseResult parsed)
    {
        var settings = new MaximizationSettings
        {
            Recipe = parsed.GetValue(_recipe) switch
            {
                "keras" => Recipe.Keras,
                "lucid" => Recipe.Lucid,
                "maco" => Recipe.Maco,
                _ => Recipe.Unspecified,
            },
            Objective = parsed.GetValue(_objective) switch
            {
                "channel" => Objective.Channel,
                "neuron" => Objective.Neuron,
                "deepdream" => Objective.DeepDream,
                _ => Objective.Unspecified,
            },
        };
        if (parsed.GetValue(_steps) is { } steps)
            settings.Steps = steps;
        if (parsed.GetValue(_learningRate) is { } learningRate)
            settings.LearningRate = learningRate;
        if (parsed.GetValue(_seed) is { } seed)
            settings.Seed = seed;
        if (parsed.GetValue(_size) is { } size)
            settings.Height = settings.Width = size;
        if (parsed.GetValue(_variants) is { } variants)
            settings.Diversity = new Diversity { Variants = variants };
        if (parsed.GetValue(_diversityWeight) is { } weight)
            settings.Diversity.Weight = weight;
        settings.Score = parsed.GetValue(_score);
        return settings;
    }
}
