using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace CnnViz.ServiceDefaults.Tls;

/// <summary>Trust in certificates of given authorities, and in none besides.</summary>
internal static class PrivateAuthorities
{
    private const string ServerUse = "1.3.6.1.5.5.7.3.1";
    private const string ClientUse = "1.3.6.1.5.5.7.3.2";

    /// <summary>The authorities of a PEM file.</summary>
    /// <exception cref="InvalidOperationException">It holds none.</exception>
    public static X509Certificate2Collection Read(string path)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(path);
        return authorities.Count > 0 ? authorities : throw new InvalidOperationException($"{path} holds no certificate");
    }

    /// <summary>Whether a server's certificate is of one of them and for the name that was called.</summary>
    public static bool VouchForServer(
        this X509Certificate2Collection authorities, X509Certificate? certificate, X509Chain? sent, SslPolicyErrors errors) =>
        !errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) && Vouch(authorities, certificate, sent, ServerUse);

    /// <summary>Whether a client's certificate is of one of them.</summary>
    public static bool VouchForClient(this X509Certificate2Collection authorities, X509Certificate? certificate, X509Chain? sent) =>
        Vouch(authorities, certificate, sent, ClientUse);

    private static bool Vouch(X509Certificate2Collection authorities, X509Certificate? certificate, X509Chain? sent, string use)
    {
        if (certificate is not X509Certificate2 leaf)
        {
            return false;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.ApplicationPolicy.Add(new System.Security.Cryptography.Oid(use));

        // A private authority seldom publishes lists, and the handshake must not go out for them; withdraw by a short validity.
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        foreach (var element in sent?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
        {
            chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        }

        return chain.Build(leaf);
    }
}
