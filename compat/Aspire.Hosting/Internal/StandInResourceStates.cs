namespace Aspire.Hosting.Internal;

/// <summary>States that only the stand-in has.</summary>
internal static class StandInResourceStates
{
    /// <summary>
    /// Nothing on this machine can run the resource and the application works without it: those that wait for it go on,
    /// those that refer to it get no connection string.
    /// </summary>
    public const string Absent = nameof(Absent);

    /// <summary>Ended by itself and will be started again after a pause; those that wait for it wait on.</summary>
    public const string Restarting = nameof(Restarting);
}
