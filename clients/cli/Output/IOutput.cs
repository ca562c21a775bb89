using Google.Protobuf;

namespace CnnViz.Cli.Output;

/// <summary>
/// Where a command's results and progress go. Results go to standard output; everything else goes to standard error, so that
/// results can be piped.
/// </summary>
internal interface IOutput
{
    /// <summary>A result that is text for people and a message for programs.</summary>
    void Result(IMessage message, string text);

    /// <summary>A picture was written.</summary>
    void Picture(SavedPicture picture);

    /// <summary>How a run's images compare with photographs.</summary>
    void Scores(RunScores scores);

    /// <summary>A heading above what follows.</summary>
    void Heading(string text);

    /// <summary>A remark.</summary>
    void Note(string text);

    /// <summary>Why the command failed.</summary>
    void Error(string text);

    /// <summary>Shows that something is going on whose end is not known.</summary>
    Task<T> WaitAsync<T>(string title, Func<Task<T>> work);

    /// <summary>Shows how a run goes.</summary>
    Task<T> TrackAsync<T>(string title, Func<IProgress<RunProgress>, Task<T>> work);

    /// <summary>Shows how a download or an upload goes.</summary>
    Task<T> TransferAsync<T>(string title, Func<IProgress<TransferProgress>, Task<T>> work);

    /// <summary>A result that is text for people and an object for programs.</summary>
    void Facts(object facts, string text);
}
