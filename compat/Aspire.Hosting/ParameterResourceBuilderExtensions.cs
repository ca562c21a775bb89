using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Internal;

namespace Aspire.Hosting;

/// <summary>Adds values given from outside.</summary>
public static class ParameterResourceBuilderExtensions
{
    /// <summary>Adds a parameter: the configuration value <c>Parameters:{name}</c>.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, string name, bool secret = false)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddResource(new ParameterResource(name, @default => FromConfiguration(builder, name, @default), secret));
    }

    /// <summary>Adds a parameter whose value is given here; configuration overrides it.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, string name, string value, bool publishValueAsDefault = false, bool secret = false)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(value);
        return builder.AddResource(
            new ParameterResource(name, _ => builder.Configuration[$"Parameters:{name}"] ?? value, secret));
    }

    /// <summary>Adds a connection string from outside: the configuration value <c>ConnectionStrings:{name}</c>.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">Name of the resource.</param>
    /// <param name="environmentVariableName">The variable for dependants; <c>ConnectionStrings__{name}</c> when null.</param>
    public static IResourceBuilder<IResourceWithConnectionString> AddConnectionString(
        this IDistributedApplicationBuilder builder, string name, string? environmentVariableName = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var resource = new ConnectionStringParameterResource(
            name, _ => builder.Configuration[$"ConnectionStrings:{name}"] ?? throw Missing($"ConnectionStrings:{name}", name),
            environmentVariableName);
        return builder.AddResource(resource);
    }

    private static string FromConfiguration(IDistributedApplicationBuilder builder, string name, ParameterDefault? @default)
        => builder.Configuration[$"Parameters:{name}"] ?? @default?.GetDefaultValue()
            ?? throw Missing($"Parameters:{name}", name);

    private static MissingParameterValueException Missing(string key, string name)
        => new($"The parameter '{name}' has no value: the configuration key '{key}' is missing.");
}
