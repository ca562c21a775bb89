namespace CnnViz.ServiceDefaults.Tls;

/// <summary>How a service calls another: the settings' section "Upstream". Files are PEM.</summary>
public sealed class UpstreamOptions
{
    /// <summary>The authorities that may vouch for the other service; empty = those that the machine trusts.</summary>
    public string Ca { get; set; } = "";

    /// <summary>This service's certificate as a client, where the other one asks for it.</summary>
    public string Certificate { get; set; } = "";

    /// <summary>Its private key.</summary>
    public string Key { get; set; } = "";

    /// <summary>This service's own API key. Empty = it calls with what its caller has shown.</summary>
    public string ApiKey { get; set; } = "";

    /// <summary>The same in a file, read as the service starts; spaces around it do not count.</summary>
    public string ApiKeyFile { get; set; } = "";

    /// <summary>The key, from wherever it is; empty for none.</summary>
    /// <exception cref="InvalidOperationException">Both are given, or the file cannot be read.</exception>
    public string OwnKey()
    {
        if (ApiKeyFile.Length == 0)
        {
            return ApiKey;
        }

        if (ApiKey.Length > 0)
        {
            throw new InvalidOperationException("Upstream:ApiKey and Upstream:ApiKeyFile cannot both be given");
        }

        try
        {
            return File.ReadAllText(ApiKeyFile).Trim();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException($"Upstream:ApiKeyFile '{ApiKeyFile}' cannot be read", exception);
        }
    }
}
