using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace CnnViz.Cli.Stack;

/// <summary>Whom this tool trusts, and how it shows who calls.</summary>
/// <param name="Ca">PEM file of the authorities that vouch for the services; null for those that the machine trusts.</param>
/// <param name="Certificate">PEM file of the caller's certificate; null for none.</param>
/// <param name="Key">PEM file of its private key.</param>
/// <param name="ApiKey">API key or token; null for none.</param>
internal sealed record ClientCredentials(string? Ca = null, string? Certificate = null, string? Key = null, string? ApiKey = null)
{
    /// <summary>The environment variable of the API key, which unlike a command line other users cannot see.</summary>
    public const string ApiKeyVariable = "CNNVIZ_API_KEY";

    /// <summary>Whether an endpoint without a scheme is one of TLS.</summary>
    public bool MeanTls => Ca is not null || Certificate is not null;

    /// <summary>Shows the key with each call.</summary>
    public CallInvoker On(CallInvoker invoker) => ApiKey is null
        ? invoker
        : invoker.Intercept(headers =>
        {
            headers.Add("authorization", $"Bearer {ApiKey}");
            return headers;
        });

    /// <summary>Sets up the handshake.</summary>
    /// <exception cref="CliException">A file cannot be read, or is no such thing.</exception>
    public void Apply(SslClientAuthenticationOptions handshake)
    {
        if ((Certificate is null) != (Key is null))
            throw new CliException("--cert and --key are needed together.", ExitCodes.Usage);
        if (Ca is not null)
        {
            var authorities = Read("--ca", Ca, () =>
            {
                var found = new X509Certificate2Collection();
                found.ImportFromPemFile(Ca);
                return found;
            });
            handshake.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck, // A private authority seldom publishes lists.
            };
            handshake.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
        }

        if (Certificate is not null)
        {
            handshake.ClientCertificateContext = Read("--cert", Certificate, () =>
            {
                using var pem = X509Certificate2.CreateFromPemFile(Certificate, Key);
                return SslStreamCertificateContext.Create(
                    X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pfx), null), null, offline: true);
            });
        }
    }

    private static T Read<T>(string option, string file, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new CliException($"{option} '{file}' cannot be used: {exception.Message}");
        }
    }
}
