using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Internal.Launching;

/// <summary>Several values in one string.</summary>
internal sealed class JoinedValues(string separator, IReadOnlyList<IValueProvider> values) : IValueProvider
{
    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default)
        => GetValueAsync(new ValueProviderContext(), cancellationToken);

    public async ValueTask<string?> GetValueAsync(ValueProviderContext context, CancellationToken cancellationToken = default)
    {
        var parts = new string?[values.Count];
        for (var i = 0; i < parts.Length; i++)
            parts[i] = await values[i].GetValueAsync(context, cancellationToken).ConfigureAwait(false);
        return string.Join(separator, parts);
    }
}
