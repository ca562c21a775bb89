using System.Net;
using System.Text;
using CnnViz.Cli.Output;
using CnnViz.V1;

namespace CnnViz.Cli.Demo;

/// <summary>The demo's pictures on one page; it needs nothing but the files beside it.</summary>
internal static class DemoPage
{
    private const string Head = """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>What a convolutional network has learned</title>
        <style>
          :root { color-scheme: dark; }
          body { margin: 0; background: #0d0f12; color: #d7dbe0; font: 16px/1.55 system-ui, sans-serif; }
          main { max-width: 1120px; margin: 0 auto; padding: 56px 24px 96px; }
          h1 { margin: 0 0 8px; color: #fff; font-size: 2.2rem; line-height: 1.2; letter-spacing: -.02em; }
          .lead { margin: 0 0 48px; color: #98a2ad; }
          figure { margin: 0 0 56px; padding: 24px; background: #15181d; border: 1px solid #232830; border-radius: 14px; }
          figure h2 { margin: 0 0 4px; color: #fff; font-size: 1.25rem; }
          figure p { max-width: 75ch; margin: 0 0 18px; }
          img { display: block; max-width: 100%; height: auto; margin: 0 auto; border-radius: 6px; background: #000; }
          figcaption { margin-top: 14px; color: #7d8894; font: 13px/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
        </style>
        </head>
        <body>
        <main>

        """;

    /// <summary>The page.</summary>
    /// <param name="info">The model drawn.</param>
    /// <param name="entries">The pictures as they were drawn; the page shows the last, the deepest layer, first.</param>
    public static string Html(ModelInfoResponse info, IReadOnlyList<DemoEntry> entries)
    {
        var digest = info.Digest[..Math.Min(12, info.Digest.Length)];
        var html = new StringBuilder(Head)
            .Append("<h1>What a convolutional network has learned</h1>\n")
            .Append($"<p class=\"lead\">{Text(info.Name)}: {Text(info.Description)}; {info.Layers.Count} layers, ")
            .Append($"{info.TotalParameters:N0} parameters, weights {Text(digest)}.</p>\n");
        foreach (var (title, explanation, picture) in entries.Reverse())
        {
            var file = Uri.EscapeDataString(Path.GetFileName(picture.File));
            html.Append("<figure>\n")
                .Append($"<h2>{Text(title)}</h2>\n<p>{Text(explanation)}</p>\n")
                .Append($"<a href=\"{file}\"><img src=\"{file}\" alt=\"{Text(title)}\" ")
                .Append($"width=\"{picture.Width}\" height=\"{picture.Height}\"></a>\n")
                .Append($"<figcaption>{Text(picture.Caption)}<br>{picture.Width} x {picture.Height} px, drawn in ")
                .Append($"{Durations.Short(picture.Elapsed)}</figcaption>\n</figure>\n");
        }

        return html.Append("</main>\n</body>\n</html>\n").ToString();
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
