package main

import (
	"bytes"
	"context"
	"html/template"
	"log"
	"path/filepath"
	"time"
)

const pageInterval = time.Second

var pageTemplate = template.Must(template.New("page").Parse(`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Maximization runs</title>
<style>
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem; }
h2 { margin: 2rem 0 0; font-size: 1.1rem; }
p { margin: 0 0 .7rem; opacity: .75; }
progress { width: 12rem; vertical-align: middle; }
ul { display: flex; flex-wrap: wrap; gap: .8rem; list-style: none; padding: 0; }
img { display: block; }
a { color: inherit; }
</style>
</head>
<body>
<h1>Maximization runs</h1>
{{range .}}<h2>{{.Model}} · {{.Layer}}</h2>
<p>{{.ID}} · {{.Recipe}}, {{.Steps}} steps ·
{{if .End}}{{.End}}{{else}}<progress max="100" value="{{.Percent}}"></progress> {{.Percent}} %{{end}}</p>
<ul>
{{$id := .ID}}{{range .Filters}}<li>{{if .Picture}}<a href="{{$id}}/{{.Strip}}" title="how it emerged">
<img src="{{$id}}/{{.Picture}}" alt="filter {{.Filter}}"></a>{{end}}
filter {{.Filter}}{{if .Variant}}.{{.Variant}}{{end}}{{if .Picture}},
{{printf "%.4g" .Objective}}{{else}}: zero gradient{{end}}</li>
{{end}}</ul>
{{else}}<p>No runs so far.</p>
{{end}}</body>
</html>
`))

// keepPage writes index.html again and again until the context ends, and once more then.
func (f *follower) keepPage(ctx context.Context) {
	ticker := time.NewTicker(pageInterval)
	defer ticker.Stop()
	var last []byte
	for over := false; ; {
		var page bytes.Buffer
		if err := pageTemplate.Execute(&page, f.views()); err != nil {
			log.Print(err)
		} else if !bytes.Equal(page.Bytes(), last) {
			if err := writeFile(filepath.Join(f.folder, "index.html"), page.Bytes()); err != nil {
				log.Print(err)
			}
			last = page.Bytes()
		}
		if over {
			return
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			over = true
		}
	}
}
