using System.Reflection;
using Aspire.Hosting.Internal;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Testing.Internal;

/// <summary>
/// One run of an app host's entry point. It pauses twice: where it builds its application, and where it starts it.
/// </summary>
internal sealed class EntryPointRun : EntryPointObserver
{
    private readonly TaskCompletionSource<DistributedApplicationBuilder> _builder = New<DistributedApplicationBuilder>();
    private readonly TaskCompletionSource _mayBuild = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<GatedHost> _host = New<GatedHost>();
    private readonly Task _ended;
    private DistributedApplicationBuilder? _created;

    public EntryPointRun(Assembly appHost, string[] args)
    {
        AppHost = appHost;
        _ended = Task.Factory.StartNew(
            () => Run(args), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public override Assembly AppHost { get; }

    /// <summary>The builder, with all that the entry point added to it.</summary>
    public Task<DistributedApplicationBuilder> BuilderAsync(CancellationToken cancellationToken)
        => _builder.Task.WaitAsync(cancellationToken);

    /// <summary>Lets the entry point build its application.</summary>
    public Task<GatedHost> BuildAsync(CancellationToken cancellationToken)
    {
        _mayBuild.TrySetResult();
        return _host.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Ends the entry point if it waits to build; what it has built ends it by itself.</summary>
    public Task EndUnlessBuiltAsync() => _mayBuild.TrySetException(TestIsOver()) ? _ended : Task.CompletedTask;

    /// <summary>Waits until the entry point has ended, and starts nothing that it has built and not started.</summary>
    public Task EndAsync(GatedHost host)
    {
        host.Abandon(TestIsOver());
        return _ended;
    }

    public override void BuilderCreated(DistributedApplicationBuilder builder) => _created = builder;

    public override IHost Building(Func<IHost> build)
    {
        _builder.TrySetResult(_created!);
        _mayBuild.Task.GetAwaiter().GetResult();
        var host = new GatedHost(build());
        _host.TrySetResult(host);
        return host;
    }

    private static OperationCanceledException TestIsOver() => new("The test is over.");

    private static TaskCompletionSource<T> New<T>() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What becomes of it is told to those who wait for a stage that it will not reach.</summary>
    private void Run(string[] args)
    {
        Observe();
        Exception end = new InvalidOperationException(
            $"The entry point of {AppHost.GetName().Name} ended without building an application.");
        try
        {
            var entry = AppHost.EntryPoint
                ?? throw new InvalidOperationException($"{AppHost.GetName().Name} has no entry point: it is no app host.");
            entry.Invoke(null, BindingFlags.DoNotWrapExceptions, null, entry.GetParameters().Length == 0 ? null : [args], null);
        }
        catch (Exception e)
        {
            end = e;
        }

        _builder.TrySetException(end);
        _host.TrySetException(end);
        if (_host.Task.IsCompletedSuccessfully)
            _host.Task.Result.Abandon(end);
        // Nobody may have asked.
        _ = _builder.Task.Exception;
        _ = _host.Task.Exception;
    }
}
