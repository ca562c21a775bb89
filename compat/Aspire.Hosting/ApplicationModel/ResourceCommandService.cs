using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Does the commands of resources.</summary>
public class ResourceCommandService
{
    private readonly ResourceNotificationService _notifications;
    private readonly ResourceLoggerService _loggers;
    private readonly IServiceProvider _services;

    internal ResourceCommandService(
        ResourceNotificationService notifications, ResourceLoggerService loggers, IServiceProvider services)
    {
        _notifications = notifications;
        _loggers = loggers;
        _services = services;
    }

    /// <summary>Does a command of one replica.</summary>
    /// <param name="resourceId">The replica; the resource's name stands for it when there is one only.</param>
    /// <param name="commandName">Such as <see cref="KnownResourceCommands.RestartCommand"/>.</param>
    /// <param name="cancellationToken">Calls it off.</param>
    /// <returns>How it went; a command that throws has failed.</returns>
    public async Task<ExecuteCommandResult> ExecuteCommandAsync(
        string resourceId, string commandName, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(resourceId);
        ArgumentNullException.ThrowIfNull(commandName);
        if (_notifications.TryGetCurrentState(resourceId, out var found))
            return await ExecuteAsync(found, commandName, cancellationToken).ConfigureAwait(false);
        return _notifications.StatesOf(resourceId) switch
        {
            [var only] => await ExecuteAsync(only, commandName, cancellationToken).ConfigureAwait(false),
            [] => CommandResults.Failure($"There is no resource '{resourceId}'."),
            _ => CommandResults.Failure($"'{resourceId}' has several replicas; name one."),
        };
    }

    /// <summary>Does a command of all replicas of a resource.</summary>
    /// <returns>Success when all succeeded; else the first failure.</returns>
    public async Task<ExecuteCommandResult> ExecuteCommandAsync(
        IResource resource, string commandName, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(resource);
        ArgumentNullException.ThrowIfNull(commandName);
        var replicas = _notifications.StatesOf(resource.Name);
        if (replicas.Count == 0)
            return CommandResults.Failure($"The resource '{resource.Name}' has not started.");
        var results = await Task.WhenAll(replicas.Select(r => ExecuteAsync(r, commandName, cancellationToken)))
            .ConfigureAwait(false);
        return results.FirstOrDefault(r => !r.Success) ?? results[0];
    }

    private async Task<ExecuteCommandResult> ExecuteAsync(
        ResourceEvent replica, string commandName, CancellationToken cancellationToken)
    {
        var command = replica.Resource.Annotations.OfType<ResourceCommandAnnotation>().LastOrDefault(c => c.Name == commandName);
        if (command is null)
            return CommandResults.Failure($"The resource '{replica.Resource.Name}' has no command '{commandName}'.");
        var offered = replica.Snapshot.Commands.FirstOrDefault(c => c.Name == commandName)?.State;
        if (offered is not (null or ResourceCommandState.Enabled))
        {
            var state = replica.Snapshot.State?.Text ?? "not known";
            return CommandResults.Failure($"'{command.DisplayName}' cannot be done while {replica.ResourceId} is {state}.");
        }

        var logger = _loggers.GetLogger(replica.Resource);
        try
        {
            var result = await command.ExecuteCommand(new ExecuteCommandContext
            {
                ServiceProvider = _services,
                ResourceName = replica.ResourceId,
                CancellationToken = cancellationToken,
                Logger = logger,
            }).ConfigureAwait(false);
            if (result is { Success: false, Canceled: false })
                logger.LogError("The command '{Command}' failed: {Error}", command.DisplayName, result.ErrorMessage);
            return result;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return CommandResults.Canceled();
        }
        catch (Exception e)
        {
            // Whatever a command throws is its caller's to know and must not end the application.
            logger.LogError(e, "The command '{Command}' failed", command.DisplayName);
            return CommandResults.Failure(e);
        }
    }
}
