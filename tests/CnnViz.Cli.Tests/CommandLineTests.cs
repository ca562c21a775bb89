using System.Diagnostics;

namespace CnnViz.Cli.Tests;

/// <summary>The tool as a process: exit codes and where text goes.</summary>
public class CommandLineTests
{
    [Theory]
    [InlineData("maximize nanodet Add_10 -o x.png", "--filters or --class")]
    [InlineData("maximize nanodet Add_10 -o x.png --filters 9-1", "downwards")]
    [InlineData("maximize nanodet Add_10 -o x.png --filters 1 --classes cup", "--filters or --class")]
    [InlineData("maximize nanodet Add_10 -o x.png --filters 1 --recipe vgg", "vgg")]
    [InlineData("maximize nanodet -o x.png --filters 1", "Name a layer")]
    [InlineData("maximize nanodet Add_10 -o x.png --filters 1 --diversity-weight 3", "--variants")]
    [InlineData("maximize nanodet Add_10 -o x.png --filters 1 --variants many", "many")]
    [InlineData("maximize nanodet --class horse -o x.bmp --endpoint 127.0.0.1:1", ".apng or .gif")]
    [InlineData("filters nanodet Add", "--stats")]
    [InlineData("filters nanodet Add -o x.gif --endpoint 127.0.0.1:1", ".png, .jpg or .webp")]
    [InlineData("filters nanodet Add -o x.png --normalize nicely", "nicely")]
    [InlineData("maps nanodet x.png --layers Add -o x --format bmp", "bmp")]
    [InlineData("summary ./no-such.onnx", "There is no file './no-such.onnx'")]
    [InlineData("filters ./no-such.json Add -o x.png", "There is no file './no-such.json'")]
    [InlineData("maps ./weights.bin x.png --layers Add -o x", "is no model file")]
    [InlineData("maximize / Add --filters 1 -o x.png", "is a folder")]
    [InlineData("paint", "paint")]
    [InlineData("models --inference-endpoint ftp://x", "ftp://x")]
    [InlineData("demo --out unused --photo x.png --endpoint 127.0.0.1:1", "--inference-endpoint")]
    [InlineData("models --apphost /no/such/apphost", "/no/such/apphost")]
    public async Task Run_BadCommandLine_UsageErrorOnStderr(string arguments, string part)
    {
        var (code, _, errors) = await RunAsync(arguments);

        Assert.Equal(ExitCodes.Usage, code);
        Assert.Contains(part, errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_NothingListens_FailsAndSaysWhatToStart()
    {
        // Port 1 (tcpmux) is used nowhere.
        var (code, results, errors) = await RunAsync("models --inference-endpoint 127.0.0.1:1");

        Assert.Equal(ExitCodes.Failed, code);
        Assert.Empty(results);
        Assert.Contains("Nothing answers at 127.0.0.1:1. Start the services with ./cnnviz up", errors, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Results, string Errors)> RunAsync(string arguments)
    {
        var info = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { Path.Combine(AppContext.BaseDirectory, "cnnviz-cli.dll") },
        };
        foreach (var argument in arguments.Split(' '))
            info.ArgumentList.Add(argument);
        using var process = Process.Start(info)!;
        var results = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));
        return (process.ExitCode, await results, await errors);
    }
}
