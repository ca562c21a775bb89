using System.CommandLine;
using CnnViz.Cli;
using CnnViz.Cli.Commands;

var shared = new SharedOptions();
var root = new RootCommand("Shows what a convolutional network has learned. Asks a running CnnViz, or starts one for the call.")
{
    ModelsCommand.Create(shared),
    SummaryCommand.Create(shared),
    FiltersCommand.Create(shared),
    MapsCommand.Create(shared),
    MaximizeCommand.Create(shared),
    DemoCommand.Create(shared),
};
shared.AddTo(root);

// The commands stop a stack they started before they end, and that may take its whole grace period; the library would
// otherwise end the process 2 s after Ctrl-C.
var parsed = root.Parse(args);
var code = await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(60) });
return parsed.Errors.Count > 0 ? ExitCodes.Usage : code;
