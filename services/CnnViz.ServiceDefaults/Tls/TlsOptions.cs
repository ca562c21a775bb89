namespace CnnViz.ServiceDefaults.Tls;

/// <summary>
/// Encryption of what comes in: the settings' section "Tls". With nothing set both ports are cleartext, as suits a laptop and a
/// cluster whose mesh encrypts. Files are PEM and are read again when they change.
/// </summary>
public sealed class TlsOptions
{
    /// <summary>The service's certificate, followed by those between it and its root, if any.</summary>
    public string Certificate { get; set; } = "";

    /// <summary>Its private key.</summary>
    public string Key { get; set; } = "";

    /// <summary>The authorities whose client certificates are taken. With it set, clients are asked for one.</summary>
    public string ClientCa { get; set; } = "";

    /// <summary>Whether a client must show a certificate on the gRPC port; default false: keys and tokens will do too.</summary>
    public bool RequireClientCertificate { get; set; }

    /// <summary>
    /// Whether the HTTP/1.1 port (probes, metrics) is encrypted as well; default false, since many probes speak only cleartext. It
    /// never asks for a client certificate.
    /// </summary>
    public bool Http { get; set; }

    /// <summary>Whether the gRPC port is encrypted.</summary>
    public bool Enabled => Certificate.Length > 0;

    /// <summary>What is wrong with them; null for nothing.</summary>
    internal string? Refusal() =>
        Enabled != Key.Length > 0 ? "Tls:Certificate and Tls:Key are needed together"
        : !Enabled && (ClientCa.Length > 0 || RequireClientCertificate || Http)
            ? "Tls:ClientCa, Tls:RequireClientCertificate and Tls:Http need Tls:Certificate"
        : RequireClientCertificate && ClientCa.Length == 0 ? "Tls:RequireClientCertificate needs Tls:ClientCa"
        : null;
}
