using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using CnnViz.Cli.Output;

namespace CnnViz.Cli.Pull;

/// <summary>
/// Fetches one file over HTTP into its part, going on where it ended. Redirects are followed by hand, and only to hosts of the
/// list.
/// </summary>
/// <param name="client">Follows no redirects itself.</param>
/// <param name="sources">The hosts.</param>
/// <param name="time">The clock of <see cref="Idle"/>.</param>
internal sealed class WeightDownload(HttpClient client, WeightSources sources, TimeProvider time)
{
    private const int MaxRedirects = 5;
    private const int MaxRounds = 8;
    private const int BufferBytes = 1 << 17;

    /// <summary>How long a server may send nothing.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A client as this class needs it.</summary>
    public static HttpClient Client() => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = TimeSpan.FromSeconds(20),
        UseCookies = false,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan, // The idle limit ends what hangs; a whole file may take an hour.
    };

    /// <summary>
    /// Fetches what is missing. A connection that ends early is taken up again as long as each brings something.
    /// </summary>
    /// <exception cref="DownloadUnavailableException">Nothing could be had.</exception>
    /// <exception cref="DownloadCutException">It ended early; the part is kept.</exception>
    /// <exception cref="CliException">Refused: a host that is not on the list, or a size beyond the limit.</exception>
    public async Task FetchAsync(
        WeightSource source, PartFile part, IProgress<TransferProgress> progress, CancellationToken cancellation)
    {
        if (source.Bytes == part.Bytes.Length)
            return;
        for (var round = 1; ; round++)
        {
            var before = part.Bytes.Length;
            try
            {
                if (await RoundAsync(source, part, progress, cancellation))
                    return;
            }
            catch (DownloadCutException) when (round < MaxRounds && part.Bytes.Length > before)
            {
                continue;
            }
        }
    }

    /// <returns>False where the part was of no use and was emptied.</returns>
    private async Task<bool> RoundAsync(
        WeightSource source, PartFile part, IProgress<TransferProgress> progress, CancellationToken cancellation)
    {
        var have = part.Bytes.Length;
        var validator = part.ValidatorFor(source.Url);
        if (validator is null && have > 0)
        {
            part.Clear();
            have = 0;
        }

        using var response = await AskAsync(source.Url, have, validator, cancellation);
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable && have > 0)
        {
            if (response.Content.Headers.ContentRange?.Length == have)
                return true;
            part.Clear();
            return false;
        }

        if (!response.IsSuccessStatusCode)
            throw new DownloadUnavailableException($"the server answered {(int)response.StatusCode} {response.ReasonPhrase}");
        if (response.StatusCode != HttpStatusCode.PartialContent || response.Content.Headers.ContentRange?.From != have)
        {
            part.Clear();
            if (response.StatusCode == HttpStatusCode.PartialContent)
            {
                return have > 0
                    ? false
                    : throw new DownloadUnavailableException("the server sent another part than was asked for");
            }

            have = 0;
        }

        var total = have + response.Content.Headers.ContentLength;
        CheckSize(source, part, total);
        part.Remember(source.Url, Validator(response));
        await CopyAsync(source, part, response, total, progress, cancellation);
        return true;
    }

    private async Task<HttpResponseMessage> AskAsync(Uri address, long have, string? validator, CancellationToken cancellation)
    {
        for (var hop = 0; ; hop++)
        {
            if (sources.Refusal(address) is { } refusal)
                throw new CliException($"The download was refused: {(hop == 0 ? "" : "the server sent on, but ")}{refusal}.");
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity"));
            if (have > 0)
            {
                request.Headers.Range = new RangeHeaderValue(have, null);
                request.Headers.TryAddWithoutValidation("If-Range", validator);
            }

            var response = await SendAsync(request, cancellation);
            if ((int)response.StatusCode is not (301 or 302 or 303 or 307 or 308) || response.Headers.Location is not { } next)
                return response;
            response.Dispose();
            if (hop == MaxRedirects)
                throw new CliException($"The download was refused: the server sent on more than {MaxRedirects} times.");
            address = new Uri(address, next);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        using var idle = new CancellationTokenSource(Idle, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation, idle.Token);
        try
        {
            return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop.Token);
        }
        catch (HttpRequestException e)
        {
            var reason = e.InnerException is SocketException socket ? socket.Message : e.Message;
            throw new DownloadUnavailableException($"{request.RequestUri!.Authority}: {reason}");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new DownloadUnavailableException($"{request.RequestUri!.Authority} did not answer");
        }
    }

    private async Task CopyAsync(
        WeightSource source,
        PartFile part,
        HttpResponseMessage response,
        long? total,
        IProgress<TransferProgress> progress,
        CancellationToken cancellation)
    {
        var buffer = new byte[BufferBytes];
        var shown = total ?? source.Bytes;
        using var idle = new CancellationTokenSource(Idle, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation, idle.Token);
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(stop.Token);
            progress.Report(new TransferProgress(part.Bytes.Length, shown));
            for (int count; (count = await body.ReadAsync(buffer, stop.Token)) > 0;)
            {
                CheckSize(source, part, part.Bytes.Length + count);
                await part.Bytes.WriteAsync(buffer.AsMemory(0, count), cancellation);
                progress.Report(new TransferProgress(part.Bytes.Length, shown));
                idle.CancelAfter(Idle);
            }
        }
        catch (Exception e) when (e is HttpIOException or HttpRequestException or SocketException
            || (e is IOException && e.InnerException is SocketException))
        {
            throw new DownloadCutException(Cut(part, shown), e);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new DownloadCutException($"{Cut(part, shown)} (nothing came for {Idle.TotalSeconds:0} s)", e);
        }

        if (part.Bytes.Length < (shown ?? 0))
            throw new DownloadCutException(Cut(part, shown));
    }

    private void CheckSize(WeightSource source, PartFile part, long? bytes)
    {
        var most = source.Bytes ?? sources.MaxBytes;
        if (bytes is null || bytes <= most)
            return;
        part.Clear();
        throw new CliException(string.Create(
            CultureInfo.InvariantCulture,
            $"The download was refused: the server has {bytes:N0} bytes or more, but {source.File} has at most {most:N0}."));
    }

    private static string Cut(PartFile part, long? total) => total is { } all
        ? string.Create(CultureInfo.InvariantCulture, $"the connection ended after {part.Bytes.Length:N0} of {all:N0} bytes")
        : string.Create(CultureInfo.InvariantCulture, $"the connection ended after {part.Bytes.Length:N0} bytes");

    // Only a strong ETag, or else the date, proves that bytes are the same.
    private static string? Validator(HttpResponseMessage response) =>
        response.Headers.ETag is { IsWeak: false } tag ? tag.Tag
        : response.Content.Headers.LastModified?.ToString("R", CultureInfo.InvariantCulture);
}
