using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace CnnViz.Telemetry.Tests.Prometheus;

/// <summary>A sample of a scrape.</summary>
internal sealed record Sample(string Name, IReadOnlyDictionary<string, string> Labels, double Value, string Type, string Help);

/// <summary>A scrape as Prometheus' own client library reads it.</summary>
internal sealed class Scrape(IReadOnlyList<Sample> samples)
{
    public IReadOnlyList<Sample> Samples => samples;

    /// <summary>Reads a scrape; what is not well formed fails the test.</summary>
    public static async Task<Scrape> ParseAsync(string text)
    {
        using var parser = Process.Start(new ProcessStartInfo(
            "/usr/bin/python3", [Path.Combine(AppContext.BaseDirectory, "Prometheus", "parse.py")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = parser.StandardOutput.ReadToEndAsync();
        var errors = parser.StandardError.ReadToEndAsync();
        await parser.StandardInput.BaseStream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(text));
        parser.StandardInput.Close();
        await parser.WaitForExitAsync();
        Assert.True(parser.ExitCode == 0, await errors + "\n" + text);
        using var document = JsonDocument.Parse(await output);
        return new Scrape([.. document.RootElement.EnumerateArray().Select(Read)]);
    }

    /// <summary>The one sample of a name with these labels.</summary>
    public double Value(string name, params (string Label, string Value)[] labels) => Assert.Single(
        samples.Where(sample => sample.Name == name),
        sample => labels.All(label => sample.Labels.GetValueOrDefault(label.Label) == label.Value)).Value;

    /// <summary>The sum over all samples of a name; 0 without any.</summary>
    public double Sum(string name) => samples.Where(sample => sample.Name == name).Sum(sample => sample.Value);

    private static Sample Read(JsonElement sample) => new(
        sample.GetProperty("name").GetString()!,
        sample.GetProperty("labels").EnumerateObject().ToDictionary(label => label.Name, label => label.Value.GetString()!),
        sample.GetProperty("value").GetString()! switch
        {
            "inf" => double.PositiveInfinity,
            "-inf" => double.NegativeInfinity,
            "nan" => double.NaN,
            var text => double.Parse(text, CultureInfo.InvariantCulture),
        },
        sample.GetProperty("type").GetString()!,
        sample.GetProperty("help").GetString()!);
}
