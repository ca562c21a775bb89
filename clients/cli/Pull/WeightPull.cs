using System.Globalization;
using CnnViz.Cli.Output;

namespace CnnViz.Cli.Pull;

/// <summary>A weight file that is in the model root.</summary>
/// <param name="Path">Where.</param>
/// <param name="Digests">Its digests.</param>
/// <param name="Downloaded">False where it was there already.</param>
internal sealed record PulledFile(string Path, FileDigests Digests, bool Downloaded);

/// <summary>
/// Brings an official weight file into the model root: downloads it beside its place, checks its digest, and renames it. A file
/// that is there already is checked and kept.
/// </summary>
/// <param name="download">Fetches bytes.</param>
/// <param name="output">Where progress goes.</param>
/// <param name="time">The clock for the receipt.</param>
internal sealed class WeightPull(WeightDownload download, IOutput output, TimeProvider time)
{
    /// <summary>Brings a file.</summary>
    /// <exception cref="CliException">It could not be had, or is not what its publisher says; the message says what to
    /// do.</exception>
    public async Task<PulledFile> RunAsync(WeightSource source, string root, CancellationToken cancellation)
    {
        var destination = Path.Combine(root, source.File);
        if (File.Exists(destination))
            return await CheckAsync(source, destination, cancellation);
        Directory.CreateDirectory(root);
        await using var part = PartFile.Open(destination);
        try
        {
            await output.TransferAsync($"downloading {source.File}", async progress =>
            {
                await download.FetchAsync(source, part, progress, cancellation);
                return true;
            });
        }
        catch (DownloadUnavailableException e)
        {
            if (part.Bytes.Length == 0)
                await part.DiscardAsync();
            throw new CliException(ByHand(source, destination, e.Message));
        }
        catch (CliException)
        {
            if (part.Bytes.Length == 0)
                await part.DiscardAsync();
            throw;
        }
        catch (DownloadCutException e)
        {
            throw new CliException(
                $"{source.File} is not complete: {e.Message}. What came is kept; pull it again to go on from there.");
        }

        return await FinishAsync(source, part, destination, cancellation);
    }

    private async Task<PulledFile> FinishAsync(
        WeightSource source, PartFile part, string destination, CancellationToken cancellation)
    {
        part.Bytes.Seek(0, SeekOrigin.Begin);
        var digests = await FileDigests.OfAsync(part.Bytes, cancellation);
        if (digests.Of(source.Digest) != source.Digest.Value)
        {
            await part.DiscardAsync();
            throw new CliException(
                $"{source.File} was downloaded whole, but is not the published file: its {source.Digest.Algorithm} is "
                + $"{digests.Of(source.Digest)} and should be {source.Digest.Value}. It was discarded.");
        }

        await part.FinishAsync(destination);
        new PullReceipt(source.Url.AbsoluteUri, digests.Bytes, digests.Sha256, source.Digest, source.Licence, time.GetUtcNow())
            .Write(destination);
        return new PulledFile(destination, digests, Downloaded: true);
    }

    private static async Task<PulledFile> CheckAsync(WeightSource source, string path, CancellationToken cancellation)
    {
        var digests = await FileDigests.OfAsync(path, cancellation);
        return digests.Of(source.Digest) == source.Digest.Value
            ? new PulledFile(path, digests, Downloaded: false)
            : throw new CliException(
                $"'{path}' is there, but is not the published file: its {source.Digest.Algorithm} is {digests.Of(source.Digest)} "
                + $"and should be {source.Digest.Value}. Move it away and pull again.");
    }

    private static string ByHand(WeightSource source, string destination, string reason)
    {
        var size = source.Bytes is { } bytes ? string.Create(CultureInfo.InvariantCulture, $"{bytes:N0} bytes, ") : "";
        return $"{source.File} could not be downloaded: {reason}.\n"
            + "Where there is a network, download\n"
            + $"  {source.Url}\n"
            + $"({size}{source.Digest.Algorithm} {source.Digest.Value}), keep its name, and put it here:\n"
            + $"  {destination}\n"
            + $"It is used from then on; `models pull {source.Network}` then checks it.";
    }
}
