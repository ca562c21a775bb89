using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CnnViz.Cli.Pull.Tests;

/// <summary>A web server on this machine's loopback that has one file, and can misbehave.</summary>
internal sealed class WeightServer : IAsyncDisposable
{
    public const string FileName = "vgg16_weights_tf_dim_ordering_tf_kernels.h5";
    private readonly WebApplication _app;

    private readonly string _name;

    private WeightServer(byte[] content, string name)
    {
        (Content, _name) = (content, name);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapGet("/" + name, AnswerAsync);
    }

    /// <summary>What the file holds now.</summary>
    public byte[] Content { get; set; }

    /// <summary>Where it says the file is; null to have it here.</summary>
    public string? RedirectTo { get; set; }

    /// <summary>
    /// The connection is cut after this many bytes of an answer, as often as said; the length promised is the whole one.
    /// </summary>
    public int CutAfter { get; set; } = int.MaxValue;

    public int Cuts { get; set; }

    /// <summary>Whether answers give their length.</summary>
    public bool TellsLength { get; set; } = true;

    public int Status { get; set; } = StatusCodes.Status200OK;

    /// <summary>The Range header of each request, "" for none.</summary>
    public ConcurrentQueue<string> Ranges { get; } = new();

    public Uri Address { get; private set; } = null!;

    public Uri File => new(Address, _name);

    /// <summary>A server of 3 MB of random bytes.</summary>
    public static Task<WeightServer> StartAsync()
    {
        var content = new byte[3_000_000];
        new Random(7).NextBytes(content);
        return StartAsync(FileName, content);
    }

    public static async Task<WeightServer> StartAsync(string name, byte[] content)
    {
        var server = new WeightServer(content, name);
        await server._app.StartAsync();
        server.Address = new Uri(server._app.Urls.Single());
        return server;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        Ranges.Enqueue(request.Headers.Range.ToString());
        if (RedirectTo is not null)
        {
            response.Redirect(RedirectTo);
            return;
        }

        var tag = $"\"{Convert.ToHexString(SHA256.HashData(Content))}\"";
        response.Headers.ETag = tag;
        response.StatusCode = Status;
        if (Status != StatusCodes.Status200OK)
            return;
        var from = 0;
        if (request.Headers.Range.ToString() is { Length: > 0 } range && request.Headers.IfRange == tag)
        {
            from = int.Parse(range["bytes=".Length..^1], CultureInfo.InvariantCulture);
            response.StatusCode = StatusCodes.Status206PartialContent;
            response.Headers.ContentRange = $"bytes {from}-{Content.Length - 1}/{Content.Length}";
            if (from >= Content.Length)
            {
                response.StatusCode = StatusCodes.Status416RangeNotSatisfiable;
                response.Headers.ContentRange = $"bytes */{Content.Length}";
                return;
            }
        }

        if (TellsLength)
            response.ContentLength = Content.Length - from;
        var cut = Cuts > 0 && Content.Length - from > CutAfter;
        await response.Body.WriteAsync(Content.AsMemory(from, cut ? CutAfter : Content.Length - from));
        await response.Body.FlushAsync();
        if (cut)
        {
            Cuts--;
            context.Abort();
        }
    }
}
