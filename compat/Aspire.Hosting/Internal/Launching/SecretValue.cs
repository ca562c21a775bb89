using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Internal.Launching;

/// <summary>Tells whether a value comes from something secret, however deep.</summary>
internal static class SecretValue
{
    public static bool IsSecret(object? value) => value switch
    {
        ParameterResource parameter => parameter.Secret,
        // A connection string may hold a password, and what it holds is the resource's business.
        ConnectionStringReference => true,
        ReferenceExpression expression => expression.ValueProviders.Any(IsSecret),
        _ => false,
    };
}
