using System.Globalization;
using CnnViz.ServiceDefaults.Errors;

namespace CnnViz.Render.Requests;

/// <summary>Collects what is wrong with a request's fields, so that one answer names them all.</summary>
internal sealed class FieldChecks
{
    private readonly List<(string Field, string Description)> _violations = [];

    public void InRange(string field, bool set, int value, int least, int most) =>
        RefuseIf(
            set && (value < least || value > most),
            field,
            string.Create(CultureInfo.InvariantCulture, $"must be from {least} to {most}, not {value}"));

    public void InRange(string field, bool set, double value, double least, double most) =>
        RefuseIf(
            set && !(value >= least && value <= most),
            field,
            string.Create(CultureInfo.InvariantCulture, $"must be from {least} to {most}, not {value}"));

    public void Known<T>(string field, T value)
        where T : struct, Enum =>
        RefuseIf(!Enum.IsDefined(value), field, $"{value:D} is no {typeof(T).Name}");

    public void RefuseIf(bool wrong, string field, string reason)
    {
        if (wrong)
        {
            Refuse(field, reason);
        }
    }

    public void Refuse(string field, string reason) => _violations.Add((field, reason));

    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT naming every field that was refused.</exception>
    public void Throw()
    {
        if (_violations.Count > 0)
        {
            throw RpcErrors.InvalidArgument([.. _violations]);
        }
    }
}
