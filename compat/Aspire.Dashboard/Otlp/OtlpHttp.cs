using System.IO.Compression;
using Aspire.Dashboard.Otlp.Proto;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aspire.Dashboard.Otlp;

/// <summary>OTLP over HTTP, protobuf bodies, gzip or not: POST /v1/traces, /v1/metrics, /v1/logs.</summary>
internal static class OtlpHttp
{
    private const string ContentType = "application/x-protobuf";

    /// <param name="endpoints">Where to add them.</param>
    /// <param name="maxBytes">Largest body after decompression.</param>
    public static void MapOtlpHttp(this IEndpointRouteBuilder endpoints, int maxBytes)
    {
        endpoints.MapPost("/v1/traces", (HttpContext context, TraceDecoder decoder)
            => HandleAsync(context, ExportTraceServiceRequest.Parser, decoder.Export, maxBytes));
        endpoints.MapPost("/v1/metrics", (HttpContext context, MetricDecoder decoder)
            => HandleAsync(context, ExportMetricsServiceRequest.Parser, decoder.Export, maxBytes));
        endpoints.MapPost("/v1/logs", (HttpContext context, LogDecoder decoder)
            => HandleAsync(context, ExportLogsServiceRequest.Parser, decoder.Export, maxBytes));
    }

    private static async Task HandleAsync<TRequest>(
        HttpContext context, MessageParser<TRequest> parser, Func<TRequest, IMessage> export, int maxBytes)
        where TRequest : IMessage<TRequest>
    {
        if (context.Request.ContentType?.Split(';')[0].Trim() is not ContentType)
        {
            await RefuseAsync(context, StatusCodes.Status415UnsupportedMediaType, $"The body must be {ContentType}.")
                .ConfigureAwait(false);
            return;
        }

        try
        {
            var body = await ReadAsync(context.Request, maxBytes, context.RequestAborted).ConfigureAwait(false);
            if (body is null)
            {
                await RefuseAsync(context, StatusCodes.Status413PayloadTooLarge, $"The body is larger than {maxBytes} bytes.")
                    .ConfigureAwait(false);
                return;
            }

            var answer = export(parser.ParseFrom(body));
            context.Response.ContentType = ContentType;
            await context.Response.Body.WriteAsync(answer.ToByteArray(), context.RequestAborted).ConfigureAwait(false);
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or InvalidDataException)
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, $"The body cannot be read: {e.Message}")
                .ConfigureAwait(false);
        }
    }

    /// <returns>Null when it is too large.</returns>
    private static async Task<byte[]?> ReadAsync(HttpRequest request, int maxBytes, CancellationToken cancellationToken)
    {
        if (request.ContentLength > maxBytes)
            return null;
        var encoding = request.Headers.ContentEncoding.ToString();
        if (encoding is not ("" or "identity" or "gzip"))
            throw new InvalidDataException($"Content-Encoding '{encoding}' is not gzip.");
        var body = encoding == "gzip" ? new GZipStream(request.Body, CompressionMode.Decompress) : request.Body;
        await using (body.ConfigureAwait(false))
        {
            using var whole = new MemoryStream();
            var buffer = new byte[81_920];
            int count;
            while ((count = await body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
            {
                if (whole.Length + count > maxBytes)
                    return null;
                whole.Write(buffer, 0, count);
            }

            return whole.ToArray();
        }
    }

    private static Task RefuseAsync(HttpContext context, int status, string reason)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(reason);
    }
}
