using System.Globalization;
using System.Text;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace CnnViz.ServiceDefaults.Errors;

/// <summary>A call refused before gRPC has seen it, in gRPC's own form.</summary>
internal static class GrpcRefusals
{
    /// <summary>Ends the response with the status and the trailers of an error.</summary>
    public static void WriteTo(this RpcException refusal, HttpResponse response)
    {
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "application/grpc";
        var trailers = response.HttpContext.Features.Get<IHttpResponseTrailersFeature>()?.Trailers ?? response.Headers;
        trailers["grpc-status"] = ((int)refusal.StatusCode).ToString(CultureInfo.InvariantCulture);
        trailers["grpc-message"] = Escape(refusal.Status.Detail);
        foreach (var entry in refusal.Trailers)
        {
            trailers[entry.Key] = entry.IsBinary ? Convert.ToBase64String(entry.ValueBytes) : entry.Value;
        }
    }

    // Percent signs and everything that is not printable ASCII, by UTF-8 byte; nothing else.
    private static string Escape(string message)
    {
        var text = new StringBuilder();
        foreach (var value in Encoding.UTF8.GetBytes(message))
        {
            if (value is >= 0x20 and <= 0x7e and not (byte)'%')
            {
                text.Append((char)value);
            }
            else
            {
                text.Append(CultureInfo.InvariantCulture, $"%{value:X2}");
            }
        }

        return text.ToString();
    }
}
