using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CnnViz.Engine.Tests.Maximization;

/// <summary>Runs reference.py with Debian's Python, which has numpy and PyTorch.</summary>
internal static class PythonReference
{
    private const string Python = "/usr/bin/python3";

    /// <param name="what">A function of reference.py.</param>
    /// <param name="arguments">An object whose properties are its arguments.</param>
    public static async Task<JsonObject> RunAsync(string what, object arguments)
    {
        var request = JsonSerializer.SerializeToNode(arguments)!.AsObject();
        request["what"] = what;
        var script = Path.Combine(AppContext.BaseDirectory, "Maximization", "Reference", "reference.py");
        using var process = Process.Start(new ProcessStartInfo(Python, [script])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(request.ToJsonString());
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"reference.py {what} failed: {await errors}");
        return JsonNode.Parse(await output)!.AsObject();
    }

    public static double[] Doubles(this JsonObject answer, string name) => answer[name].Deserialize<double[]>()!;
}
