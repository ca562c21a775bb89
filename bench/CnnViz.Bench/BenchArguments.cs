namespace CnnViz.Bench;

/// <summary>The command line: [--quick] [--write] [--readme] [JOB...]; --root, --peak and --out are the bench's own.</summary>
internal sealed record BenchArguments
{
    /// <summary>The repository's root.</summary>
    public string Root { get; private set; } = Directory.GetCurrentDirectory();

    public bool Quick { get; private set; }

    /// <summary>Only write the README's table from the committed results.</summary>
    public bool Readme { get; private set; }

    /// <summary>Write the results and the README's table though not all jobs were asked for.</summary>
    public bool Write { get; private set; }

    /// <summary>The fp32 peak that was measured before; 0 = none.</summary>
    public double Peak { get; private set; }

    /// <summary>Where a job's process writes its results; null in the process that starts them.</summary>
    public string? Out { get; private set; }

    public bool Help { get; private set; }

    public IReadOnlyList<string> Jobs { get; private set; } = [];

    /// <exception cref="ArgumentException">An option is unknown or lacks its value.</exception>
    public static BenchArguments Parse(IReadOnlyList<string> arguments)
    {
        var parsed = new BenchArguments();
        var jobs = new List<string>();
        for (var i = 0; i < arguments.Count; i++)
        {
            string Value() => i + 1 < arguments.Count
                ? arguments[++i]
                : throw new ArgumentException($"{arguments[i]} needs a value");
            switch (arguments[i])
            {
                case "--quick": parsed.Quick = true; break;
                case "--readme": parsed.Readme = true; break;
                case "--write": parsed.Write = true; break;
                case "--help" or "-h": parsed.Help = true; break;
                case "--root": parsed.Root = Path.GetFullPath(Value()); break;
                case "--out": parsed.Out = Path.GetFullPath(Value()); break;
                case "--peak": parsed.Peak = double.Parse(Value(), System.Globalization.CultureInfo.InvariantCulture); break;
                case ['-', ..] option: throw new ArgumentException($"unknown option '{option}'");
                case var job: jobs.Add(job); break;
            }
        }

        parsed.Jobs = jobs;
        return parsed;
    }
}
