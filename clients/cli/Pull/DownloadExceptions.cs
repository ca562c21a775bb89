namespace CnnViz.Cli.Pull;

/// <summary>
/// Nothing could be had from a file's address: no network, or no such file there. The person can fetch it elsewhere.
/// </summary>
/// <param name="reason">Why, in words.</param>
internal sealed class DownloadUnavailableException(string reason) : Exception(reason);

/// <summary>The connection ended before the file did; what came is kept.</summary>
/// <param name="reason">Why, in words.</param>
/// <param name="inner">What ended it.</param>
internal sealed class DownloadCutException(string reason, Exception? inner = null) : Exception(reason, inner);
