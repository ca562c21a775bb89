using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace CnnViz.ServiceDefaults.Tls;

/// <summary>Handshakes with another service, with the trust and the certificate of <see cref="UpstreamOptions"/>.</summary>
internal static class UpstreamHandshakes
{
    /// <summary>Sets a client's handshakes up.</summary>
    /// <exception cref="InvalidOperationException">A file holds no such thing.</exception>
    public static void Apply(this UpstreamOptions options, SslClientAuthenticationOptions handshake)
    {
        if (options.Ca.Length > 0)
        {
            var authorities = PrivateAuthorities.Read(options.Ca);
            handshake.RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                authorities.VouchForServer(certificate, chain, errors);
        }

        if (options.Certificate.Length > 0)
        {
            using var pem = X509Certificate2.CreateFromPemFile(options.Certificate, options.Key);
            handshake.ClientCertificateContext = SslStreamCertificateContext.Create(
                X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pfx), null), null, offline: true);
        }
    }
}
