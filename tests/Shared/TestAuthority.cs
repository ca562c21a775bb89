using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace CnnViz.Tests.Shared;

/// <summary>A certificate authority made for a test, and the files that it signs.</summary>
internal sealed class TestAuthority : IDisposable
{
    private readonly X509Certificate2 _own;
    private readonly string _folder;

    /// <param name="folder">Where its files go; ca.pem is its own certificate.</param>
    /// <param name="name">Its common name, and its file's name.</param>
    public TestAuthority(string folder, string name = "ca")
    {
        _folder = folder;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        _own = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2));
        Certificate = Path.Combine(folder, $"{name}.pem");
        File.WriteAllText(Certificate, _own.ExportCertificatePem());
    }

    /// <summary>File of its certificate.</summary>
    public string Certificate { get; }

    /// <summary>Signs a certificate for loopback and a name, for servers and clients.</summary>
    /// <param name="name">Common name, and the files' name.</param>
    /// <param name="uri">A URI among the alternative names, if any.</param>
    /// <param name="expired">Whether its time is over.</param>
    public (string Certificate, string Key) Sign(string name, string? uri = null, bool expired = false)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        if (uri is not null)
        {
            names.AddUri(new Uri(uri));
        }

        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_own, true, false));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(
            [new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], false));
        var now = DateTimeOffset.UtcNow;
        using var signed = request.Create(
            _own, now.AddHours(-2), expired ? now.AddHours(-1) : now.AddDays(1), RandomNumberGenerator.GetBytes(8));
        var (certificate, keyFile) = (Path.Combine(_folder, $"{name}.pem"), Path.Combine(_folder, $"{name}.key"));
        File.WriteAllText(certificate, signed.ExportCertificatePem());
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
        return (certificate, keyFile);
    }

    public void Dispose() => _own.Dispose();
}
