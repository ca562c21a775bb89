using System.Globalization;
using CnnViz.Cli.Output;
using CnnViz.Models;

namespace CnnViz.Cli.Pull;

/// <summary>A weight file that is in the model root.</summary>
/// <param name="Path">Where.</param>
/// <param name="Digests">Its digests.</param>
/// <param name="Downloaded">False where it was there already.</param>
internal sealed record PulledFile(string Path, FileDigests Digests, bool Downloaded);

/// <summary>
/// Brings an official weight file into the model root: downloads it beside its place, checks its digests, and renames it. A file
/// that is there already is checked and kept. What was checked gets a receipt, which holds from then on.
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
        if (digests.Other(source.Digests) is { } other)
        {
            await part.DiscardAsync();
            throw new CliException(
                $"{source.File} was downloaded whole, but is not the published file: its {other.Algorithm} is {digests.Of(other)} and "
                + $"should be {other.Value}. It was discarded.");
        }

        await part.FinishAsync(destination);
        WriteReceipt(source, destination, digests, downloaded: true);
        return new PulledFile(destination, digests, Downloaded: true);
    }

    private async Task<PulledFile> CheckAsync(WeightSource source, string path, CancellationToken cancellation)
    {
        var digests = await FileDigests.OfAsync(path, cancellation);
        if (digests.Other(source.Digests) is { } other)
        {
            throw new CliException(
                $"'{path}' is there, but is not the published file: its {other.Algorithm} is {digests.Of(other)} and should be "
                + $"{other.Value}. Move it away and pull again.");
        }

        var receipt = WeightReceipt.Read(path);
        if (receipt is not null && receipt.Sha256 != digests.Sha256)
        {
            throw new CliException(
                $"'{path}' has the published digest, but is not the file that was checked on {receipt.Since:yyyy-MM-dd}: its sha256 is "
                + $"{digests.Sha256} and was {receipt.Sha256}. Do not use it: move it away with its receipt and pull again.");
        }

        if (receipt is null)
            WriteReceipt(source, path, digests, downloaded: false);
        return new PulledFile(path, digests, Downloaded: false);
    }

    private void WriteReceipt(WeightSource source, string path, FileDigests digests, bool downloaded) => new WeightReceipt
    {
        Address = source.Url.AbsoluteUri,
        Bytes = digests.Bytes,
        Sha256 = digests.Sha256,
        Digests = source.Digests,
        Licence = source.Licence,
        Since = time.GetUtcNow(),
        Downloaded = downloaded,
    }.Write(path);

    private static string ByHand(WeightSource source, string destination, string reason)
    {
        var size = source.Bytes is { } bytes ? string.Create(CultureInfo.InvariantCulture, $"{bytes:N0} bytes, ") : "";
        return $"{source.File} could not be downloaded: {reason}.\n"
            + "On a machine with a network, download\n"
            + $"  {source.Url}\n"
            + $"({size}{source.DigestsText}), and put it on this machine as\n"
            + $"  {destination}\n"
            + $"The model '{source.Network}' has these weights from then on; `models pull {source.Network}` checks the file.";
    }
}
