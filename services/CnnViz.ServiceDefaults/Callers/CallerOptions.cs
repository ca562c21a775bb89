namespace CnnViz.ServiceDefaults.Callers;

/// <summary>
/// Who may call: the settings' section "Callers". With nothing set everybody may do everything, as suits a laptop; as soon as one
/// key, token issuer or client certificate is set, each call must show who makes it.
/// </summary>
public sealed class CallerOptions
{
    /// <summary>API keys by their hashes.</summary>
    public IList<KeyOptions> Keys { get; } = [];

    /// <summary>
    /// A file of further keys, a line each: name, SHA-256 of the key in hex, permissions with commas between. Empty lines and lines
    /// that begin with # do not count. Read again when it changes.
    /// </summary>
    public string KeysFile { get; set; } = "";

    /// <summary>Tokens of an issuer.</summary>
    public JwtOptions Jwt { get; } = new();

    /// <summary>Client certificates, which Tls:ClientCa vouches for, and who they stand for.</summary>
    public IList<CertificateOptions> Certificates { get; } = [];

    /// <summary>What a caller that shows nothing may do all the same, by name; default nothing.</summary>
    public IList<string> Anonymous { get; } = [];

    /// <summary>Whether the gRPC health service answers everybody; default true.</summary>
    public bool OpenHealth { get; set; } = true;

    /// <summary>Whether gRPC reflection answers everybody; default true.</summary>
    public bool OpenReflection { get; set; } = true;

    /// <summary>Whether callers are told apart: whether there is anything to know one by.</summary>
    public bool Enabled => Keys.Count > 0 || KeysFile.Length > 0 || Jwt.JwksFile.Length > 0 || Certificates.Count > 0;
}

/// <summary>An API key.</summary>
public sealed class KeyOptions
{
    /// <summary>Who has it: 1 to 64 of a-z, A-Z, 0-9, '.', '_' and '-'.</summary>
    public string Name { get; set; } = "";

    /// <summary>SHA-256 of the key's UTF-8 bytes, 64 hex digits. The key itself is nowhere.</summary>
    public string Sha256 { get; set; } = "";

    /// <summary>"infer", "render", "manage".</summary>
    public IList<string> Permissions { get; } = [];
}

/// <summary>Tokens (JWT) that are taken.</summary>
public sealed class JwtOptions
{
    /// <summary>
    /// A JSON Web Key Set. Each key must say its "alg", one of RS256, PS256, ES256 and HS256, and is used for no other. Read again
    /// when it changes.
    /// </summary>
    public string JwksFile { get; set; } = "";

    /// <summary>The "iss" that tokens must have.</summary>
    public string Issuer { get; set; } = "";

    /// <summary>The "aud" that tokens must have, alone or among others.</summary>
    public string Audience { get; set; } = "";

    /// <summary>
    /// The claim that holds the permissions, as a list or as text with spaces between; default "scope". "cnnviz.infer" counts as
    /// "infer"; other values are other services'.
    /// </summary>
    public string PermissionsClaim { get; set; } = "scope";

    /// <summary>By how much clocks may differ, 0 to 10 minutes; default 30 s.</summary>
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromSeconds(30);
}

/// <summary>A client certificate and who it stands for. One of the first three says which.</summary>
public sealed class CertificateOptions
{
    /// <summary>A DNS name or URI among its subject's alternative names, for example "spiffe://cluster/render".</summary>
    public string AlternativeName { get; set; } = "";

    /// <summary>Its subject's common name.</summary>
    public string CommonName { get; set; } = "";

    /// <summary>SHA-256 of the certificate, 64 hex digits.</summary>
    public string Sha256 { get; set; } = "";

    /// <summary>Who it stands for: 1 to 64 of a-z, A-Z, 0-9, '.', '_' and '-'.</summary>
    public string Name { get; set; } = "";

    /// <summary>"infer", "render", "manage".</summary>
    public IList<string> Permissions { get; } = [];
}
