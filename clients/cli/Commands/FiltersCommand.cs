using System.CommandLine;
using CnnViz.Cli.Output;
using CnnViz.Cli.Stack;
using CnnViz.Cli.Streams;
using CnnViz.V1;

namespace CnnViz.Cli.Commands;

/// <summary>`filters`: a layer's weights as a picture, and what their values are like.</summary>
internal static class FiltersCommand
{
    public static Command Create(SharedOptions shared)
    {
        var model = CommandParts.Model();
        var layer = CommandParts.Layer();
        var file = CommandParts.OutputFile($"Picture to write: {FileFormats.StillEndings}", required: false);
        var filters = CommandParts.Indices("--filters", "Filters to draw; default: all");
        var channels = CommandParts.Indices("--channels", "Input channels to draw of each filter; default: all");
        var role = new Option<string?>("--role")
        {
            Description = "Weights to draw: kernel, bias, gamma, beta, ...; default: the kernel, else all vectors of the layer",
        };
        var sort = new Option<string?>("--sort") { Description = "Filters with the largest norm first" };
        sort.AcceptOnlyFromAmong("l1", "l2");
        var first = new Option<int>("--first") { Description = "Only so many filters, the first in that order", HelpName = "n" };
        var statistics = new Option<bool>("--stats") { Description = "Print what the weights are like; then -o is optional" };
        var style = new StyleOptions();
        var command = new Command("filters", "Draw a layer's weights.")
        {
            model, layer, file, filters, channels, role, sort, first, statistics,
        };
        style.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetResult(file) is null && result.GetResult(statistics) is null)
                result.AddError("Give --output, --stats or both.");
        });
        command.SetAction((parsed, cancellation) =>
        {
            var path = parsed.GetValue(file);
            var wantsStatistics = parsed.GetValue(statistics);
            var needs = (path is null ? 0 : ServiceKinds.Render) | (wantsStatistics ? ServiceKinds.Inference : 0);
            return CommandRunner.RunAsync(
                parsed,
                shared,
                needs,
                async session =>
                {
                    if (path is not null)
                        await DrawAsync(session, Request(session.Model, path), path);
                    if (wantsStatistics)
                        await DescribeAsync(session, Request(session.Model, path));
                },
                cancellation,
                model);

            RenderFiltersRequest Request(string name, string? target)
            {
                var request = new RenderFiltersRequest
                {
                    Model = name,
                    Layer = parsed.GetRequiredValue(layer),
                    Role = parsed.GetValue(role) ?? "",
                    Order = OrderOf(parsed.GetValue(sort)),
                    First = parsed.GetValue(first),
                    Style = style.Read(parsed, target is null ? PictureFormat.Unspecified : FileFormats.Still(target)),
                };
                request.Filters.AddRange(parsed.GetValue(filters) ?? []);
                request.InputChannels.AddRange(parsed.GetValue(channels) ?? []);
                return request;
            }
        });
        return command;
    }

    /// <summary>Asks for the picture, writes it and says so.</summary>
    /// <param name="session">The running command.</param>
    /// <param name="request">What to draw.</param>
    /// <param name="file">The file to write.</param>
    public static async Task<SavedPicture> DrawAsync(Session session, RenderFiltersRequest request, string file)
    {
        var begin = session.Time.GetTimestamp();
        var picture = await session.Output.WaitAsync(
            $"weights of {request.Layer}",
            () => PictureCalls.FiltersAsync(session.Connection.Render, request, session.Cancellation));
        await PictureFile.SaveAsync(picture, file, session.Cancellation);
        var saved = SavedPicture.Of(file, picture, session.Time.GetElapsedTime(begin));
        session.Output.Picture(saved);
        return saved;
    }

    private static async Task DescribeAsync(Session session, RenderFiltersRequest drawn)
    {
        var request = new FilterWeightsRequest
        {
            Model = drawn.Model,
            Layer = drawn.Layer,
            Statistics = new WeightStatisticsOptions(),
            OmitValues = true,
        };
        if (drawn.Role.Length > 0)
            request.Roles.Add(drawn.Role);
        using var call = session.Connection.Inference.FilterWeights(request, cancellationToken: session.Cancellation);
        while (await call.ResponseStream.MoveNext(session.Cancellation))
        {
            if (call.ResponseStream.Current.Info is { } info)
                session.Output.Result(info, StatisticsTable.Text(info));
        }
    }

    private static FilterOrder OrderOf(string? name) => name switch
    {
        "l1" => FilterOrder.L1,
        "l2" => FilterOrder.L2,
        _ => FilterOrder.Unspecified,
    };
}
