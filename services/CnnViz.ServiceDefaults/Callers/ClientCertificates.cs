using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace CnnViz.ServiceDefaults.Callers;

/// <summary>Who a client certificate stands for. Whether it is genuine, the handshake has checked (Tls/).</summary>
internal sealed class ClientCertificates
{
    private const string AlternativeNames = "2.5.29.17";

    private readonly List<(CertificateOptions Rule, byte[]? Sha256, Caller Caller)> _rules;

    /// <exception cref="InvalidOperationException">An entry is malformed.</exception>
    public ClientCertificates(CallerOptions options) =>
        _rules = [.. options.Certificates.Select((rule, i) => Entry(rule, $"Callers:Certificates:{i}"))];

    /// <summary>The first entry that fits; null where none does.</summary>
    public Caller? Find(X509Certificate2 certificate)
    {
        var digest = certificate.GetCertHash(HashAlgorithmName.SHA256);
        var names = Names(certificate);
        var commonName = certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
        return _rules.Find(entry =>
            (entry.Sha256 is null || entry.Sha256.AsSpan().SequenceEqual(digest))
            && (entry.Rule.AlternativeName.Length == 0 || names.Contains(entry.Rule.AlternativeName))
            && (entry.Rule.CommonName.Length == 0 || entry.Rule.CommonName == commonName)).Caller;
    }

    private static (CertificateOptions Rule, byte[]? Sha256, Caller Caller) Entry(CertificateOptions rule, string where)
    {
        if (rule.AlternativeName.Length + rule.CommonName.Length + rule.Sha256.Length == 0)
        {
            throw new InvalidOperationException($"{where}: AlternativeName, CommonName or Sha256 must say which certificate");
        }

        return (
            rule,
            rule.Sha256.Length == 0 ? null : CallerNames.Digest(rule.Sha256, where),
            new Caller(
                CallerNames.Checked(rule.Name, where), PermissionNames.Parse(rule.Permissions, where), IsKnown: true));
    }

    private static HashSet<string> Names(X509Certificate2 certificate)
    {
        const int uri = 6;
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var extension in certificate.Extensions.Where(extension => extension.Oid?.Value == AlternativeNames))
        {
            names.UnionWith(new X509SubjectAlternativeNameExtension(extension.RawData).EnumerateDnsNames());
            var reader = new AsnReader(extension.RawData, AsnEncodingRules.DER).ReadSequence();
            while (reader.HasData)
            {
                if (reader.PeekTag() is { TagClass: TagClass.ContextSpecific, TagValue: uri } tag)
                {
                    names.Add(reader.ReadCharacterString(UniversalTagNumber.IA5String, tag));
                }
                else
                {
                    reader.ReadEncodedValue();
                }
            }
        }

        return names;
    }
}
