namespace CnnViz.ServiceDefaults.Callers;

/// <summary>What a caller has shown is not taken.</summary>
/// <param name="reason">UPPER_SNAKE, for programs.</param>
/// <param name="message">For people; says nothing of what was shown.</param>
internal sealed class CredentialException(string reason, string message) : Exception(message)
{
    public string Reason { get; } = reason;
}
