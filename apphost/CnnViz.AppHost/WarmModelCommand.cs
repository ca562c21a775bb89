using CnnViz.V1;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace CnnViz.AppHost;

/// <summary>The command "warm-model" of inference: loads and compiles a model, so that its first caller need not wait.</summary>
internal static class WarmModelCommand
{
    /// <summary>Adds the command.</summary>
    /// <param name="inference">The service.</param>
    /// <param name="model">Name of the model.</param>
    public static IResourceBuilder<ProjectResource> WithWarmModelCommand(
        this IResourceBuilder<ProjectResource> inference, IResourceBuilder<ParameterResource> model)
        => inference.WithCommand(
            "warm-model",
            "Warm model",
            context => WarmAsync(inference, model.Resource, context),
            new CommandOptions
            {
                Description = $"Loads and compiles the model that the parameter {model.Resource.Name} names",
                IconName = "Fire",
                UpdateState = state => state.ResourceSnapshot.HealthStatus == HealthStatus.Healthy
                    ? ResourceCommandState.Enabled
                    : ResourceCommandState.Disabled,
            });

    private static async Task<ExecuteCommandResult> WarmAsync(
        IResourceBuilder<ProjectResource> inference, ParameterResource model, ExecuteCommandContext context)
    {
        var name = await model.GetValueAsync(context.CancellationToken) ?? string.Empty;
        var headers = new Metadata();
        if (SharedSettings.ServiceKeyOf(inference.ApplicationBuilder.Configuration) is { } key)
            headers.Add("x-api-key", key);
        using var channel = GrpcChannel.ForAddress(Address(inference, context));
        var client = new InferenceService.InferenceServiceClient(channel);
        try
        {
            var info = await client.ModelInfoAsync(
                new ModelInfoRequest { Model = name }, headers, cancellationToken: context.CancellationToken);
            if (info.Layers.LastOrDefault(layer => layer is { OutputShape.Count: 3, UnsupportedReason: "" }) is not { } layer)
                return CommandResults.Failure($"'{name}' has no feature maps.");
            // One step of the deepest layer makes every pass of the layers before it.
            var request = new MaximizeFilterRequest
            {
                Model = name,
                Layer = layer.Name,
                Filters = { 0 },
                NoCache = true,
                Settings = new MaximizationSettings { Steps = 1 },
            };
            using var run = client.MaximizeFilter(request, headers, cancellationToken: context.CancellationToken);
            while (await run.ResponseStream.MoveNext(context.CancellationToken))
            {
                // Only that it ends well matters.
            }

            context.Logger.LogInformation("{Model} is loaded and compiled up to {Layer}", name, layer.Name);
            return CommandResults.Success();
        }
        catch (RpcException e)
        {
            return CommandResults.Failure($"{e.StatusCode}: {e.Status.Detail}");
        }
    }

    /// <summary>The replica's own address, where it is told: models are compiled in each replica by itself.</summary>
    private static string Address(IResourceBuilder<ProjectResource> inference, ExecuteCommandContext context)
    {
        var states = context.ServiceProvider.GetRequiredService<ResourceNotificationService>();
        var own = states.TryGetCurrentState(context.ResourceName, out var state)
            ? state.Snapshot.Urls.FirstOrDefault(url => url is { IsInternal: true, Name: $"{ServiceEndpoints.Grpc} target port" })
            : null;
        return own?.Url ?? inference.GetEndpoint(ServiceEndpoints.Grpc).Url;
    }
}
