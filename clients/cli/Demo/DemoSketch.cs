using System.Globalization;
using CnnViz.Cli.Commands;
using CnnViz.Cli.Output;
using CnnViz.Cli.Streams;
using CnnViz.V1;
using Google.Protobuf;
using Grpc.Core;

namespace CnnViz.Cli.Demo;

/// <summary>What the demo's parts draw with; collects one part's entries.</summary>
/// <param name="session">The running command.</param>
/// <param name="folder">Where the files go.</param>
internal sealed class DemoSketch(Session session, string folder)
{
    private readonly List<DemoEntry> _entries = [];

    /// <summary>What was drawn since the last call.</summary>
    public IReadOnlyList<DemoEntry> TakeEntries()
    {
        var taken = _entries.ToList();
        _entries.Clear();
        return taken;
    }

    /// <summary>A model's facts; null, and a remark, if it is not installed or of no use.</summary>
    public async Task<ModelInfoResponse?> FindAsync(string model)
    {
        try
        {
            return await session.Connection.Inference.ModelInfoAsync(
                new ModelInfoRequest { Model = model }, cancellationToken: session.Cancellation);
        }
        catch (RpcException refused) when (refused.StatusCode is StatusCode.NotFound or StatusCode.InvalidArgument)
        {
            session.Output.Note($"left out, {model}: {refused.Status.Detail}");
            return null;
        }
    }

    /// <summary>A heading on the terminal.</summary>
    public void Begin(string title) => session.Output.Heading(title);

    /// <summary>A summary table.</summary>
    public void Table(string title, string explanation, string table) =>
        _entries.Add(new DemoEntry(title, explanation, Picture: null, table.TrimEnd()));

    /// <summary>A layer's weights.</summary>
    public Task FiltersAsync(string file, string title, string explanation, RenderFiltersRequest request) =>
        TryAsync(title, async () =>
        {
            var picture = await FiltersCommand.DrawAsync(session, request, Path.Combine(folder, file));
            _entries.Add(new DemoEntry(title, explanation, picture));
        });

    /// <summary>Feature maps of several layers from one pass.</summary>
    /// <param name="prefix">What the files' names begin with.</param>
    /// <param name="picture">The picture file's bytes.</param>
    /// <param name="request">The layers and the look; its picture is filled in.</param>
    /// <param name="words">Title and explanation of the n-th layer.</param>
    public Task MapsAsync(
        string prefix, byte[] picture, RenderFeatureMapsRequest request, Func<int, (string Title, string Explanation)> words) =>
        TryAsync(words(0).Title, async () =>
        {
            request.Maps.Picture = new Picture { Data = ByteString.CopyFrom(picture) };
            var saved = await MapsCommand.DrawAsync(
                session, request, layer => Path.Combine(folder, $"{prefix}-{PictureFile.NameOf(layer)}.png".ToLowerInvariant()));
            _entries.AddRange(saved.Select((map, i) => new DemoEntry(words(i).Title, words(i).Explanation, map)));
        });

    /// <summary>What filters long for; where the request asks for scores, the explanation ends with what they are in this
    /// run.</summary>
    public Task MaximizationAsync(string file, string title, string explanation, RenderMaximizationRequest request) =>
        TryAsync(title, async () =>
        {
            var picture = await MaximizeCommand.DrawAsync(session, request, Path.Combine(folder, file));
            _entries.Add(new DemoEntry(title, Explain(explanation, picture.Scores), picture));
        });

    private static string Explain(string explanation, RunScores? scores) => scores is null ? explanation : string.Create(
        CultureInfo.InvariantCulture,
        $"{explanation} Compared with photographs: a filter's mean over its picture, divided by the 99.9th percentile of its "
        + $"cells over photographs, is above 1 for {scores.Above} of these {scores.Results.Count}"
        + $"{(scores.MedianRatio is { } median ? $"; the median is {median:F2}" : "")}.");

    // Another build of the model, or of the services, may lack a layer or a format; the other pictures are worth having.
    private async Task TryAsync(string title, Func<Task> draw)
    {
        try
        {
            await draw();
        }
        catch (RpcException refused)
            when (refused.StatusCode is StatusCode.NotFound or StatusCode.InvalidArgument or StatusCode.FailedPrecondition)
        {
            session.Output.Note($"left out, {title}: {refused.Status.Detail}");
        }
    }
}
