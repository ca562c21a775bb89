using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using CnnViz.ServiceDefaults.Files;
using Microsoft.Extensions.Logging;

namespace CnnViz.ServiceDefaults.Tls;

/// <summary>The service's certificate and its clients' authorities, as the files hold them now.</summary>
internal sealed class ServerCertificates
{
    private readonly TlsOptions _options;
    private readonly ReloadingFile<SslStreamCertificateContext> _own;
    private readonly ReloadingFile<X509Certificate2Collection>? _clientAuthorities;

    /// <summary>Reads the files for the first time.</summary>
    /// <exception cref="InvalidOperationException">A file is missing or no such thing.</exception>
    public ServerCertificates(TlsOptions options, TimeProvider time, ILogger logger)
    {
        _options = options;
        _own = new([options.Certificate, options.Key], () => Own(options), time, logger);
        _clientAuthorities = options.ClientCa.Length == 0
            ? null
            : new([options.ClientCa], () => PrivateAuthorities.Read(options.ClientCa), time, logger);
    }

    /// <summary>What a handshake is to do.</summary>
    /// <param name="askClient">Whether clients are asked for a certificate, where the settings say so.</param>
    public SslServerAuthenticationOptions Handshake(bool askClient)
    {
        var handshake = new SslServerAuthenticationOptions { ServerCertificateContext = _own.Value };
        if (askClient && _clientAuthorities?.Value is { } authorities)
        {
            handshake.ClientCertificateRequired = true;
            handshake.RemoteCertificateValidationCallback = (_, certificate, chain, _) => certificate is null
                ? !_options.RequireClientCertificate
                : authorities.VouchForClient(certificate, chain);
        }

        return handshake;
    }

    private static SslStreamCertificateContext Own(TlsOptions options)
    {
        try
        {
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(options.Certificate);
            using var pem = X509Certificate2.CreateFromPemFile(options.Certificate, options.Key);

            // As PFX, since Windows' handshakes take no key that lives in memory alone.
            var own = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pfx), null);
            return SslStreamCertificateContext.Create(own, [.. chain.Skip(1)], offline: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException
            or System.Security.Cryptography.CryptographicException or ArgumentException)
        {
            throw new InvalidOperationException(
                $"Tls:Certificate '{options.Certificate}' and Tls:Key '{options.Key}' make no certificate: {exception.GetType().Name}",
                exception);
        }
    }
}
