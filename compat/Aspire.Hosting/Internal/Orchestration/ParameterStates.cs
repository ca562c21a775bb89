using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Internal.Orchestration;

/// <summary>Publishes the values of parameters, which have nothing to run.</summary>
internal sealed class ParameterStates(ResourceNotificationService notifications)
{
    /// <summary>Name of the property that holds the value.</summary>
    public const string Value = "Value";

    public Task PublishAsync(ParameterResource parameter) => PublishAsync(parameter, CancellationToken.None);

    private async Task PublishAsync(ParameterResource parameter, CancellationToken cancellationToken)
    {
        string? value;
        ResourceStateSnapshot state;
        try
        {
            value = await parameter.GetValueAsync(cancellationToken).ConfigureAwait(false);
            state = new ResourceStateSnapshot(KnownResourceStates.Running, KnownResourceStateStyles.Success);
        }
        catch (MissingParameterValueException e)
        {
            value = e.Message;
            state = new ResourceStateSnapshot("Value missing", KnownResourceStateStyles.Error);
        }

        var isKnown = state.Style == KnownResourceStateStyles.Success;
        await notifications.PublishUpdateAsync(parameter, s => s with
        {
            ResourceType = "Parameter",
            State = state,
            Properties = [new ResourcePropertySnapshot(Value, value) { IsSensitive = parameter.Secret && isKnown }],
        }).ConfigureAwait(false);
    }
}
