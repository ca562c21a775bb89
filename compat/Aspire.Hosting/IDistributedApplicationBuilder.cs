using System.Reflection;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting;

/// <summary>Describes an application: its resources and what connects them.</summary>
public interface IDistributedApplicationBuilder
{
    /// <summary>Settings files, environment variables, command line.</summary>
    ConfigurationManager Configuration { get; }

    /// <summary>Folder of the app host's project, or of its program when there is no project.</summary>
    string AppHostDirectory { get; }

    /// <summary>The app host's assembly.</summary>
    Assembly? AppHostAssembly { get; }

    /// <summary>Development, Production, ….</summary>
    IHostEnvironment Environment { get; }

    /// <summary>Services of the app host itself.</summary>
    IServiceCollection Services { get; }

    /// <summary>Moments of the application's life.</summary>
    IDistributedApplicationEventing Eventing { get; }

    /// <summary>What the application was started for.</summary>
    DistributedApplicationExecutionContext ExecutionContext { get; }

    /// <summary>All resources so far.</summary>
    IResourceCollection Resources { get; }

    /// <summary>Adds a resource.</summary>
    /// <exception cref="DistributedApplicationException">There is one of that name.</exception>
    IResourceBuilder<T> AddResource<T>(T resource)
        where T : IResource;

    /// <summary>Makes a builder for a resource without adding it.</summary>
    IResourceBuilder<T> CreateResourceBuilder<T>(T resource)
        where T : IResource;

    /// <summary>Makes the application.</summary>
    DistributedApplication Build();
}
