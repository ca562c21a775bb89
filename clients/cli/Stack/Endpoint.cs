namespace CnnViz.Cli.Stack;

/// <summary>Endpoints as people type them.</summary>
internal static class Endpoint
{
    /// <summary>"host:port", "http://host:port" (cleartext) or "https://host"; null stays null.</summary>
    /// <param name="text">What was typed.</param>
    /// <param name="option">The option's name, for the message.</param>
    /// <param name="tls">Whether one without a scheme is encrypted.</param>
    /// <exception cref="CliException">It is no such thing.</exception>
    public static Uri? Parse(string? text, string option, bool tls = false)
    {
        if (text is null)
            return null;
        var full = text.Contains("://", StringComparison.Ordinal) ? text : $"{(tls ? "https" : "http")}://{text}";
        return Uri.TryCreate(full, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.Host.Length > 0
            ? uri
            : throw new CliException($"{option} '{text}' is not an endpoint; write it like 127.0.0.1:5002.", ExitCodes.Usage);
    }
}
