using Google.Protobuf;

namespace CnnViz.Cli.Output;

/// <summary>Lines without colours or movement, for pipes and logs.</summary>
/// <param name="results">Takes results.</param>
/// <param name="remarks">Takes everything else.</param>
internal sealed class PlainOutput(TextWriter results, TextWriter remarks) : IOutput
{
    public void Result(IMessage message, string text) => results.WriteLine(text);

    public void Facts(object facts, string text) => results.WriteLine(text);

    public void Picture(SavedPicture picture)
    {
        results.WriteLine(picture.Describe());
        if (picture.Caption.Length > 0)
            results.WriteLine($"    {picture.Caption}");
        results.Flush();
    }

    public void Scores(RunScores scores) => results.WriteLine(scores.Table());

    public void Heading(string text) => remarks.WriteLine(text);

    public void Note(string text) => remarks.WriteLine(text);

    public void Error(string text) => remarks.WriteLine($"cnnviz: {text}");

    public Task<T> WaitAsync<T>(string title, Func<Task<T>> work)
    {
        remarks.WriteLine($"{title} ...");
        return work();
    }

    public Task<T> TransferAsync<T>(string title, Func<IProgress<TransferProgress>, Task<T>> work)
    {
        remarks.WriteLine($"{title} ...");
        return work(new PlainProgress(remarks));
    }

    public Task<T> TrackAsync<T>(string title, Func<IProgress<RunProgress>, Task<T>> work)
    {
        remarks.WriteLine($"{title} ...");
        return work(new PlainProgress(remarks));
    }
}
