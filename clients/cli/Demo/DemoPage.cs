using System.Net;
using System.Text;
using CnnViz.Cli.Output;

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
          main { max-width: 1160px; margin: 0 auto; padding: 56px 24px 96px; }
          h1 { margin: 0 0 8px; color: #fff; font-size: 2.2rem; line-height: 1.2; letter-spacing: -.02em; }
          .lead { max-width: 75ch; margin: 0 0 24px; color: #98a2ad; }
          nav a { display: inline-block; margin: 0 18px 8px 0; color: #8ab4f8; text-decoration: none; }
          section { margin-top: 72px; }
          section > h2 { margin: 0 0 8px; color: #fff; font-size: 1.6rem; line-height: 1.25; }
          figure { margin: 0 0 40px; padding: 24px; background: #15181d; border: 1px solid #232830; border-radius: 14px; }
          figure h3 { margin: 0 0 4px; color: #fff; font-size: 1.15rem; }
          figure p { max-width: 78ch; margin: 0 0 18px; }
          img { display: block; max-width: 100%; height: auto; margin: 0 auto; border-radius: 6px; background: #000; }
          pre { margin: 0; padding: 16px; max-height: 34em; overflow: auto; background: #0d0f12; border-radius: 6px;
                font: 13px/1.45 ui-monospace, monospace; }
          figcaption { margin-top: 14px; color: #7d8894; font: 13px/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
        </style>
        </head>
        <body>
        <main>
        <h1>What a convolutional network has learned</h1>
        <p class="lead">Weights, feature maps, and pictures that filters long for, as CnnViz draws them. The four parts are four
        classic tutorials. Every picture says below it what computed it; click it for its full size.</p>

        """;

    /// <summary>The page.</summary>
    /// <param name="sections">The tutorials, in order; those without entries are left out.</param>
    public static string Html(IReadOnlyList<DemoSection> sections)
    {
        var shown = sections.Where(section => section.Entries.Count > 0).ToList();
        var html = new StringBuilder(Head).Append("<nav>\n");
        for (var i = 0; i < shown.Count; i++)
            html.Append($"<a href=\"#part-{i + 1}\">{Text(shown[i].Title)}</a>\n");
        html.Append("</nav>\n");
        for (var i = 0; i < shown.Count; i++)
        {
            html.Append($"<section id=\"part-{i + 1}\">\n<h2>{Text(shown[i].Title)}</h2>\n")
                .Append($"<p class=\"lead\">{Text(shown[i].Introduction)}</p>\n");
            foreach (var entry in shown[i].Entries)
                Append(html, entry);
            html.Append("</section>\n");
        }

        return html.Append("</main>\n</body>\n</html>\n").ToString();
    }

    private static void Append(StringBuilder html, DemoEntry entry)
    {
        html.Append($"<figure>\n<h3>{Text(entry.Title)}</h3>\n<p>{Text(entry.Explanation)}</p>\n");
        if (entry.Picture is { } picture)
        {
            var file = Uri.EscapeDataString(Path.GetFileName(picture.File));
            html.Append($"<a href=\"{file}\"><img src=\"{file}\" alt=\"{Text(entry.Title)}\" ")
                .Append($"width=\"{picture.Width}\" height=\"{picture.Height}\" loading=\"lazy\"></a>\n")
                .Append($"<figcaption>{Text(picture.Caption)}<br>{picture.Width} x {picture.Height} px, drawn in ")
                .Append($"{Durations.Short(picture.Elapsed)}</figcaption>\n");
        }

        if (entry.Table is { } table)
            html.Append($"<pre>{Text(table)}</pre>\n");
        html.Append("</figure>\n");
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
