using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Internal.Dashboard;

namespace Aspire.Hosting.Internal.Launching;

/// <summary>Works out the arguments and variables of one process from its resource's annotations.</summary>
internal sealed class LaunchConfiguration(DistributedApplicationExecutionContext execution, ResourceTelemetry telemetry)
{
    /// <param name="resource">The resource.</param>
    /// <param name="resourceId">Which replica; becomes OpenTelemetry's service.instance.id.</param>
    /// <param name="replicaIndex">From 0.</param>
    /// <param name="cancellationToken">Stops asking for values.</param>
    /// <exception cref="DistributedApplicationException">A value that is not optional is missing.</exception>
    public async Task<LaunchRequest> ResolveAsync(
        IResource resource, string resourceId, int replicaIndex, CancellationToken cancellationToken)
    {
        var asking = new ValueProviderContext { ExecutionContext = execution, Caller = resource, ReplicaIndex = replicaIndex };

        var variables = new EnvironmentCallbackContext(execution, resource, cancellationToken: cancellationToken);
        if (resource is ProjectResource || resource.HasAnnotationOfType<OtlpExporterAnnotation>())
            telemetry.SetVariables(variables.EnvironmentVariables, resource, resourceId);
        foreach (var annotation in resource.Annotations.OfType<EnvironmentCallbackAnnotation>().ToArray())
            await annotation.Callback(variables).ConfigureAwait(false);
        var environment = new Dictionary<string, string>();
        foreach (var (name, value) in variables.EnvironmentVariables)
        {
            if (await ResolveAsync(name, value, resource, asking, cancellationToken).ConfigureAwait(false) is { } text)
                environment[name] = text;
        }

        var commandLine = new CommandLineArgsCallbackContext([], resource, cancellationToken);
        foreach (var annotation in resource.Annotations.OfType<CommandLineArgsCallbackAnnotation>().ToArray())
            await annotation.Callback(commandLine).ConfigureAwait(false);
        var arguments = new List<string>();
        foreach (var value in commandLine.Args)
        {
            if (await ResolveAsync("an argument", value, resource, asking, cancellationToken).ConfigureAwait(false) is { } text)
                arguments.Add(text);
        }

        return new LaunchRequest(resource, replicaIndex, arguments, environment)
        {
            Secrets = variables.EnvironmentVariables.Where(v => SecretValue.IsSecret(v.Value)).Select(v => v.Key).ToHashSet(),
        };
    }

    private static async ValueTask<string?> ResolveAsync(
        string name, object value, IResource resource, ValueProviderContext asking, CancellationToken cancellationToken)
    {
        if (value is not IValueProvider provider)
            return value.ToString();
        var text = await provider.GetValueAsync(asking, cancellationToken).ConfigureAwait(false);
        if (text is not null || provider is ConnectionStringReference { Optional: true })
            return text;
        var source = provider is ConnectionStringReference connection
            ? $"the connection string of '{connection.Resource.Name}'"
            : "its value";
        throw new DistributedApplicationException(
            $"Cannot set '{name}' for resource '{resource.Name}': {source} is not available.");
    }
}
