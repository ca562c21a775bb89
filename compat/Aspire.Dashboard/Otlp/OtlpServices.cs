using Aspire.Dashboard.Otlp.Proto;
using Grpc.Core;

namespace Aspire.Dashboard.Otlp;

/// <summary>Traces over gRPC.</summary>
internal sealed class OtlpTraceService(TraceDecoder decoder) : TraceService.TraceServiceBase
{
    public override Task<ExportTraceServiceResponse> Export(ExportTraceServiceRequest request, ServerCallContext context)
        => Task.FromResult(decoder.Export(request));
}

/// <summary>Metrics over gRPC.</summary>
internal sealed class OtlpMetricsService(MetricDecoder decoder) : MetricsService.MetricsServiceBase
{
    public override Task<ExportMetricsServiceResponse> Export(ExportMetricsServiceRequest request, ServerCallContext context)
        => Task.FromResult(decoder.Export(request));
}

/// <summary>Logs over gRPC.</summary>
internal sealed class OtlpLogsService(LogDecoder decoder) : LogsService.LogsServiceBase
{
    public override Task<ExportLogsServiceResponse> Export(ExportLogsServiceRequest request, ServerCallContext context)
        => Task.FromResult(decoder.Export(request));
}
