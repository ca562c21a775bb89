using System.Diagnostics;
using System.Globalization;
using OpenTelemetry;

namespace CnnViz.ServiceDefaults.Telemetry;

/// <summary>
/// Gives the spans of gRPC calls, which the framework names after HTTP, the names and attributes of OpenTelemetry's conventions for
/// RPC, on the server's side and on the client's. Comes before the exporter.
/// </summary>
internal sealed class RpcSpanProcessor : BaseProcessor<Activity>
{
    /// <summary>The method's path, as the gRPC packages write it.</summary>
    public const string MethodTag = "grpc.method";

    /// <summary>The status as a number, likewise.</summary>
    public const string StatusTag = "grpc.status_code";

    // What a server answers when something is wrong with it, and not with the call.
    private static readonly int[] _serverErrors = [2, 4, 12, 13, 14, 15];

    public override void OnEnd(Activity data)
    {
        if (data.GetTagItem(MethodTag) is not string path || path.Split('/') is not ["", var service, var method])
        {
            return;
        }

        data.DisplayName = $"{service}/{method}";
        data.SetTag(MethodTag, null);
        data.SetTag("rpc.system", "grpc");
        data.SetTag("rpc.service", service);
        data.SetTag("rpc.method", method);
        if (!int.TryParse(data.GetTagItem(StatusTag) as string, NumberStyles.None, CultureInfo.InvariantCulture, out var status))
        {
            return;
        }

        data.SetTag(StatusTag, null);
        data.SetTag("rpc.grpc.status_code", status);
        var failed = data.Kind == ActivityKind.Server ? Array.IndexOf(_serverErrors, status) >= 0 : status != 0;
        if (failed && data.Status == ActivityStatusCode.Unset)
        {
            data.SetStatus(ActivityStatusCode.Error);
        }
    }
}
