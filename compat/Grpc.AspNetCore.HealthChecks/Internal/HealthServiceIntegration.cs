using Grpc.Core;
using Grpc.Health.V1;
using Grpc.HealthCheck;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace Grpc.AspNetCore.HealthChecks.Internal;

/// <summary>Answers health calls from the application's health checks, fresh or as last published.</summary>
internal sealed class HealthServiceIntegration(
    HealthServiceImpl published,
    HealthCheckService checks,
    IOptions<HealthCheckOptions> httpOptions,
    IOptions<GrpcHealthChecksOptions> options,
    IHostApplicationLifetime lifetime) : Health.V1.Health.HealthBase
{
    public override async Task<HealthCheckResponse> Check(HealthCheckRequest request, ServerCallContext context)
    {
        if (options.Value.UseHealthChecksCache)
            return await published.Check(request, context);

        ServingStatus status = await RunChecksAsync(request.Service, context.CancellationToken);
        return status == ServingStatus.ServiceUnknown
            ? throw new RpcException(new Status(StatusCode.NotFound, ""))
            : new HealthCheckResponse { Status = status };
    }

    public override async Task Watch(
        HealthCheckRequest request, IServerStreamWriter<HealthCheckResponse> responseStream, ServerCallContext context)
    {
        CancellationToken stopping =
            options.Value.SuppressCompletionOnShutdown ? CancellationToken.None : lifetime.ApplicationStopping;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, stopping);

        IServerStreamWriter<HealthCheckResponse> writer = options.Value.UseHealthChecksCache
            ? responseStream
            : new FreshFirstWriter(responseStream, () => RunChecksAsync(request.Service, context.CancellationToken));
        await published.Watch(request, writer, new EndingCallContext(context, end.Token));

        if (stopping.IsCancellationRequested && !context.CancellationToken.IsCancellationRequested)
            await responseStream.WriteAsync(new HealthCheckResponse { Status = ServingStatus.NotServing });
    }

    private async Task<ServingStatus> RunChecksAsync(string service, CancellationToken cancellationToken)
    {
        if (!options.Value.Services.TryGet(service, out ServiceMapping? mapping))
            return ServingStatus.ServiceUnknown;

        Func<HealthCheckRegistration, bool>? predicate = httpOptions.Value.Predicate;
        HealthReport report = await checks.CheckHealthAsync(
            check => (predicate is null || predicate(check)) && mapping.Includes(check.Name, check.Tags), cancellationToken);
        return ServingStatuses.Of(report.Entries.Values.Select(entry => entry.Status));
    }

    /// <summary>Puts fresh results in the place of a stream's first status, which the publisher may not have set yet.</summary>
    private sealed class FreshFirstWriter(
        IServerStreamWriter<HealthCheckResponse> inner, Func<Task<ServingStatus>> fresh) : IServerStreamWriter<HealthCheckResponse>
    {
        private bool _started;

        public WriteOptions? WriteOptions
        {
            get => inner.WriteOptions;
            set => inner.WriteOptions = value;
        }

        public async Task WriteAsync(HealthCheckResponse message)
        {
            if (!_started)
            {
                _started = true;
                message = new HealthCheckResponse { Status = await fresh() };
            }

            await inner.WriteAsync(message);
        }
    }
}
