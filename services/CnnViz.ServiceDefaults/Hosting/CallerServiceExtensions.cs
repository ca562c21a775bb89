using CnnViz.ServiceDefaults.Callers;
using CnnViz.ServiceDefaults.Drain;
using CnnViz.ServiceDefaults.Limits;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.Hosting;

/// <summary>Who may call, how much, and how calls end when the service stops.</summary>
public static class CallerServiceExtensions
{
    /// <summary>Settings of the sections "Callers", "Limits" and "Drain", and what they need.</summary>
    public static WebApplicationBuilder AddCallers(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<CallerOptions>().BindConfiguration("Callers");
        services.AddOptions<LimitOptions>().BindConfiguration("Limits").ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<DrainOptions>().BindConfiguration("Drain")
            .Validate(
                options => options.Refusal() is null,
                "Drain:Pause must be from 0 to 5 minutes and Drain:Grace from 1 second to 10 minutes")
            .ValidateOnStart();
        services.AddOptions<HostOptions>()
            .Configure<IOptions<DrainOptions>>((host, drain) => host.ShutdownTimeout = drain.Value.Grace);
        services.AddSingleton<CallerReader>();
        services.AddSingleton<CallerLimits>();
        services.AddSingleton<DrainState>();
        services.AddSingleton<IHostLifetime, DrainLifetime>();
        services.AddHealthChecks().AddCheck<DrainHealthCheck>("draining", HealthStatus.Unhealthy, ["ready"]);
        return builder;
    }

    /// <summary>Stands before every gRPC call. Malformed settings are refused here, as the service starts.</summary>
    /// <exception cref="InvalidOperationException">A setting of "Callers" is malformed; which, and why.</exception>
    public static WebApplication UseCallers(this WebApplication app)
    {
        _ = app.Services.GetRequiredService<CallerReader>();
        app.UseMiddleware<CallerMiddleware>();
        return app;
    }
}
