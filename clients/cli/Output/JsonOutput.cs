using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Google.Protobuf;

namespace CnnViz.Cli.Output;

/// <summary>
/// One JSON value per line on standard output: messages in protobuf's JSON form, {"progress": …}, {"picture": …} and
/// {"scores": …}. Failures go to standard error as text.
/// </summary>
/// <param name="results">Takes the values.</param>
/// <param name="remarks">Takes failures.</param>
internal sealed class JsonOutput(TextWriter results, TextWriter remarks) : IOutput
{
    private static readonly JsonSerializerOptions _options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        // Captions hold characters such as "×"; this JSON goes to programs and terminals, never into a page.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public void Result(IMessage message, string text) => Line(JsonFormatter.Default.Format(message));

    public void Facts(object facts, string text) => Line(JsonSerializer.Serialize(facts, _options));

    public void Picture(SavedPicture picture) => Line(JsonSerializer.Serialize(
        new
        {
            Picture = new
            {
                picture.File,
                picture.Caption,
                picture.Width,
                picture.Height,
                picture.Tiles,
                picture.Bytes,
                Seconds = Math.Round(picture.Elapsed.TotalSeconds, 3),
            },
        },
        _options));

    public void Scores(RunScores scores) => Line(JsonSerializer.Serialize(
        new
        {
            Scores = new
            {
                scores.Above,
                Of = scores.Results.Count,
                scores.MedianRatio,
                Images = scores.Results.Select(result => new
                {
                    result.Filter,
                    result.Variant,
                    Activation = result.HasQualityActivation ? result.QualityActivation : (double?)null,
                    TransformedActivation =
                        result.HasQualityTransformedActivation ? result.QualityTransformedActivation : (double?)null,
                    Reference = result.HasQualityReference ? result.QualityReference : (double?)null,
                    Clean = result.HasQualityClean ? result.QualityClean : (double?)null,
                    Transformed = result.HasQualityTransformed ? result.QualityTransformed : (double?)null,
                }),
            },
        },
        _options));

    public void Heading(string text)
    {
    }

    public void Note(string text) => remarks.WriteLine(text);

    public void Error(string text) => remarks.WriteLine($"cnnviz: {text}");

    public Task<T> WaitAsync<T>(string title, Func<Task<T>> work) => work();

    public Task<T> TrackAsync<T>(string title, Func<IProgress<RunProgress>, Task<T>> work) => work(new Lines(this));

    public Task<T> TransferAsync<T>(string title, Func<IProgress<TransferProgress>, Task<T>> work) => work(new Transfers(this));

    private void Line(string json)
    {
        results.WriteLine(json);
        results.Flush();
    }

    private sealed class Lines(JsonOutput output) : IProgress<RunProgress>
    {
        public void Report(RunProgress value) => output.Line(JsonSerializer.Serialize(
            new
            {
                Progress = new
                {
                    value.Fraction,
                    value.Filters,
                    value.Iteration,
                    value.Steps,
                    value.Objective,
                    SecondsLeft = value.Remaining is { } left ? Math.Round(left.TotalSeconds, 1) : (double?)null,
                },
            },
            _options));
    }

    // A line for each hundredth: thousands of chunks would else be thousands of lines.
    private sealed class Transfers(JsonOutput output) : IProgress<TransferProgress>
    {
        private int _shown = -1;

        public void Report(TransferProgress value)
        {
            var hundredth = (int)(value.Fraction * 100);
            if (hundredth == _shown)
                return;
            _shown = hundredth;
            output.Line(JsonSerializer.Serialize(new { Progress = new { value.Fraction, value.Bytes, value.Total } }, _options));
        }
    }
}
