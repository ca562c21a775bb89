using Google.Protobuf;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace CnnViz.Cli.Output;

/// <summary>Colours and moving bars on a terminal.</summary>
/// <param name="terminal">The terminal, on standard error.</param>
/// <param name="results">Takes results.</param>
internal sealed class TerminalOutput(IAnsiConsole terminal, TextWriter results) : IOutput
{
    public void Result(IMessage message, string text) => results.WriteLine(text);

    public void Facts(object facts, string text) => results.WriteLine(text);

    public void Picture(SavedPicture picture)
    {
        if (Console.IsOutputRedirected)
        {
            new PlainOutput(results, TextWriter.Null).Picture(picture);
            return;
        }

        var facts = $"{picture.Width} x {picture.Height} px, {Durations.Short(picture.Elapsed)}";
        terminal.MarkupLineInterpolated($"[green]✓[/] [bold]{picture.File}[/]  [grey]{facts}[/]");
        if (picture.Caption.Length > 0)
            terminal.Write(new Padder(new Text(picture.Caption, new Style(Color.Grey)), new Padding(2, 0, 0, 0)));
    }

    public void Scores(RunScores scores) => results.WriteLine(scores.Table());

    public void Heading(string text) => terminal.Write(new Rule($"[bold]{text.EscapeMarkup()}[/]")
    {
        Justification = Justify.Left,
        Style = new Style(Color.Grey35),
    });

    public void Note(string text) => terminal.WriteLine(text);

    public void Error(string text) => terminal.MarkupLineInterpolated($"[red]cnnviz:[/] {text}");

    public Task<T> WaitAsync<T>(string title, Func<Task<T>> work) =>
        terminal.Status().Spinner(Spinner.Known.Dots).StartAsync(title.EscapeMarkup(), _ => work());

    public Task<T> TrackAsync<T>(string title, Func<IProgress<RunProgress>, Task<T>> work) => BarAsync(title, work);

    public Task<T> TransferAsync<T>(string title, Func<IProgress<TransferProgress>, Task<T>> work) => BarAsync(title, work);

    private Task<T> BarAsync<T>(string title, Func<Bar, Task<T>> work)
    {
        var detail = new DetailColumn();
        return terminal.Progress()
        .AutoClear(true)
        .Columns(
            new TaskDescriptionColumn { Alignment = Justify.Left },
            new ProgressBarColumn(),
            new PercentageColumn(),
            detail)
        .StartAsync(context => work(new Bar(context.AddTask(title.EscapeMarkup(), maxValue: 1), detail)));
    }

    // Progress<T> would post to the thread pool, where reports can overtake each other.
    private sealed class Bar(ProgressTask task, DetailColumn detail) : IProgress<IShownProgress>
    {
        public void Report(IShownProgress value)
        {
            task.Value = value.Fraction;
            detail.Text = value.Describe();
        }
    }

    private sealed class DetailColumn : ProgressColumn
    {
        public string Text { get; set; } = "";

        protected override bool NoWrap => true;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
            new Text(Text, new Style(Color.Grey));
    }
}
