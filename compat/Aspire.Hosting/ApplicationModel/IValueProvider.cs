namespace Aspire.Hosting.ApplicationModel;

/// <summary>A value that is known only once the application runs: a URL, a port, a secret.</summary>
public interface IValueProvider
{
    /// <summary>Gets the value, or null when there is none.</summary>
    ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default);

    /// <summary>Gets the value as seen by the resource in <paramref name="context"/>.</summary>
    ValueTask<string?> GetValueAsync(ValueProviderContext context, CancellationToken cancellationToken = default)
        => GetValueAsync(cancellationToken);
}

/// <summary>A value that has a placeholder form for deployment manifests.</summary>
public interface IManifestExpressionProvider
{
    /// <summary>The placeholder, such as <c>{redis.bindings.tcp.port}</c>.</summary>
    string ValueExpression { get; }
}

/// <summary>Who asks for a value.</summary>
public class ValueProviderContext
{
    /// <summary>Whether the application runs or is published.</summary>
    public DistributedApplicationExecutionContext? ExecutionContext { get; init; }

    /// <summary>The resource that will receive the value.</summary>
    public IResource? Caller { get; init; }

    /// <summary>Which replica of <see cref="Caller"/>, from 0: its own ports differ from replica to replica.</summary>
    internal int ReplicaIndex { get; init; }
}
