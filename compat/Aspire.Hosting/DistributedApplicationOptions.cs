namespace Aspire.Hosting;

/// <summary>How to make an application's builder.</summary>
public sealed class DistributedApplicationOptions
{
    /// <summary>Command line; becomes configuration.</summary>
    public string[]? Args { get; set; }

    /// <summary>Whether to go without a dashboard.</summary>
    public bool DisableDashboard { get; set; }

    /// <summary>Whether http may be used where https is the default; the stand-in does not ask.</summary>
    public bool AllowUnsecuredTransport { get; set; }

    /// <summary>Name of the app host's assembly; the entry assembly when null.</summary>
    public string? AssemblyName { get; set; }
}
