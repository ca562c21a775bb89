package main

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"log"
	"os"
	"path/filepath"
	"sort"
	"sync"

	"cnnviz/v1"
)

const maxPreviews = 8 // In one strip; of more, every second goes.

// cell names one picture of a run.
type cell struct {
	filter, variant int32
}

func (c cell) name() string {
	if c.variant > 0 {
		return fmt.Sprintf("filter-%04d-%d", c.filter, c.variant)
	}
	return fmt.Sprintf("filter-%04d", c.filter)
}

// shown is a finished filter as the page shows it.
type shown struct {
	Filter, Variant int32
	Objective       float64
	Picture, Strip  string // File names; empty for a filter whose gradient was zero.
}

// run is what became known of one run; take is called by one goroutine, the rest by any.
type run struct {
	id     string
	folder string
	size   int

	tensor   *tensor
	result   *cnnvizv1.MaximizationResult // Whose picture the tensor is; nil for a mask.
	previews map[cell][]*image.NRGBA

	mutex    sync.Mutex
	started  *cnnvizv1.MaximizationStarted
	finished map[cell]shown
	fraction float64
	end      string
}

func newRun(id, folder string, size int) *run {
	return &run{
		id: id, folder: filepath.Join(folder, id), size: size,
		previews: map[cell][]*image.NRGBA{}, finished: map[cell]shown{},
	}
}

// take works up the next event of the run.
func (r *run) take(event *cnnvizv1.MaximizationEvent) error {
	switch {
	case event.GetStarted() != nil:
		started := event.GetStarted()
		model := started.GetExecution().GetModel()
		log.Printf("%s: %s %s, %d filters, %d steps", r.id, model, started.Layer, len(started.Filters), started.Steps)
		r.change(func() { r.started = started })
	case event.GetProgress() != nil:
		r.change(func() { r.fraction = event.GetProgress().Fraction })
	case event.GetPreview() != nil:
		return r.preview(event.GetPreview())
	case event.GetResult() != nil:
		r.result = event.GetResult()
		if r.result.Image == nil {
			log.Printf("%s: filter %d has no picture: its gradient is zero", r.id, r.result.Filter)
			r.finish(shown{Filter: r.result.Filter, Variant: r.result.Variant})
			return nil
		}
		return r.announce(r.result.Image)
	case event.GetMask() != nil:
		r.result = nil
		return r.announce(event.GetMask().Mask)
	case event.GetChunk() != nil:
		return r.chunk(event.GetChunk())
	case event.GetCompleted() != nil:
		log.Printf("%s: completed in %.1f s", r.id, event.GetCompleted().Seconds)
		r.change(func() { r.fraction, r.end = 1, "completed" })
	}
	return nil
}

func (r *run) preview(preview *cnnvizv1.MaximizationPreview) error {
	picture, err := png.Decode(bytes.NewReader(preview.Png))
	if err != nil {
		return fmt.Errorf("a preview is no PNG: %w", err)
	}
	at := cell{preview.Filter, preview.Variant}
	kept := append(r.previews[at], shrink(picture, r.size))
	if len(kept) > maxPreviews {
		half := kept[:0]
		for i := 1; i < len(kept); i += 2 {
			half = append(half, kept[i])
		}
		kept = half
	}
	r.previews[at] = kept
	return nil
}

func (r *run) announce(header *cnnvizv1.TensorHeader) (err error) {
	r.tensor, err = newTensor(header)
	return err
}

func (r *run) chunk(chunk *cnnvizv1.TensorChunk) error {
	if r.tensor == nil {
		return nil // Its header came before the first event that was asked for.
	}
	complete, err := r.tensor.add(chunk)
	if err != nil || !complete {
		return err
	}
	received := r.tensor
	r.tensor = nil
	if r.result == nil {
		return nil
	}
	picture, err := received.picture()
	if err != nil {
		return err
	}
	at := cell{r.result.Filter, r.result.Variant}
	thumbnail := shrink(picture, r.size)
	files := shown{
		Filter: at.filter, Variant: at.variant, Objective: r.result.Objective,
		Picture: at.name() + ".png", Strip: at.name() + "-strip.png",
	}
	if err := os.MkdirAll(r.folder, 0o755); err != nil {
		return err
	}
	if err := writePicture(filepath.Join(r.folder, files.Picture), thumbnail); err != nil {
		return err
	}
	if err := writePicture(filepath.Join(r.folder, files.Strip), strip(append(r.previews[at], thumbnail))); err != nil {
		return err
	}
	delete(r.previews, at)
	log.Printf("%s: filter %d, objective %.6g", r.id, at.filter, files.Objective)
	r.finish(files)
	return nil
}

func (r *run) finish(files shown) {
	r.change(func() { r.finished[cell{files.Filter, files.Variant}] = files })
}

func (r *run) change(do func()) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	do()
}

// view is a run as the page shows it.
type view struct {
	ID, Model, Layer, Recipe, End string
	Percent                       int
	Steps                         int32
	Filters                       []shown
}

func (r *run) view() view {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	result := view{ID: r.id, Percent: int(100 * r.fraction), End: r.end}
	if r.started != nil {
		result.Model, result.Layer = r.started.GetExecution().GetModel(), r.started.Layer
		result.Recipe, result.Steps = r.started.Recipe, r.started.Steps
	}
	for _, files := range r.finished {
		result.Filters = append(result.Filters, files)
	}
	sort.Slice(result.Filters, func(i, j int) bool {
		a, b := result.Filters[i], result.Filters[j]
		return a.Filter < b.Filter || a.Filter == b.Filter && a.Variant < b.Variant
	})
	return result
}
