using System.Reflection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Internal;

/// <summary>
/// What a test that runs an app host's entry point wants to see of it. Flows with the entry point's calls; nobody observes an
/// app host that is started by itself.
/// </summary>
internal abstract class EntryPointObserver
{
    private static readonly AsyncLocal<EntryPointObserver?> _current = new();

    /// <summary>The one that observes this flow of calls.</summary>
    public static EntryPointObserver? Current => _current.Value;

    /// <summary>The app host's assembly, where the program that runs is the test's.</summary>
    public abstract Assembly AppHost { get; }

    /// <summary>Begins to observe the calls that the current method makes from now on.</summary>
    public void Observe() => _current.Value = this;

    /// <summary>A builder was made.</summary>
    public abstract void BuilderCreated(DistributedApplicationBuilder builder);

    /// <summary>The entry point builds its application: gives it the host to go on with.</summary>
    public abstract IHost Building(Func<IHost> build);
}
