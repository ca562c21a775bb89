package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"os"

	"cnnviz/v1"
)

const maxTensor = 1 << 28 // Bytes; far more than any picture has.

// tensor is one that is being received: announced by a header, filled by chunks.
type tensor struct {
	header *cnnvizv1.TensorHeader
	data   []byte
}

func newTensor(header *cnnvizv1.TensorHeader) (*tensor, error) {
	if header.ByteLength > maxTensor {
		return nil, fmt.Errorf("a tensor of %d bytes is too large", header.ByteLength)
	}
	return &tensor{header, make([]byte, 0, header.ByteLength)}, nil
}

// add takes the next chunk and says whether the tensor is complete.
func (t *tensor) add(chunk *cnnvizv1.TensorChunk) (bool, error) {
	if chunk.Offset != uint64(len(t.data)) || uint64(len(t.data)+len(chunk.Data)) > t.header.ByteLength {
		return false, errors.New("a chunk does not follow the one before")
	}
	t.data = append(t.data, chunk.Data...)
	if uint64(len(t.data)) < t.header.ByteLength {
		return false, nil
	}
	if sum := sha256.Sum256(t.data); !bytes.Equal(sum[:], t.header.Sha256) {
		return false, errors.New("a tensor's checksum is wrong")
	}
	return true, nil
}

// picture turns (channels, height, width) of float32 in [-1, 1] into pixels: one channel is grey, the first three of more are
// red, green and blue.
func (t *tensor) picture() (*image.NRGBA, error) {
	shape := t.header.Shape
	if t.header.Dtype != cnnvizv1.DataType_DATA_TYPE_FLOAT32 || t.header.Layout != "CHW" || len(shape) != 3 {
		return nil, fmt.Errorf("a tensor %q of %v is no picture", t.header.Layout, shape)
	}
	channels, height, width := int(shape[0]), int(shape[1]), int(shape[2])
	if channels < 1 || height < 1 || width < 1 || len(t.data) != 4*channels*height*width {
		return nil, fmt.Errorf("a picture of %v does not have %d bytes", shape, len(t.data))
	}
	level := func(channel, y, x int) uint8 {
		at := 4 * ((channel*height+y)*width + x)
		value := float64(math.Float32frombits(binary.LittleEndian.Uint32(t.data[at:])))
		return uint8(math.Round((math.Max(-1, math.Min(1, value)) + 1) * 127.5))
	}
	green, blue := 0, 0
	if channels >= 3 {
		green, blue = 1, 2
	}
	result := image.NewNRGBA(image.Rect(0, 0, width, height))
	for y := 0; y < height; y++ {
		for x := 0; x < width; x++ {
			result.SetNRGBA(x, y, color.NRGBA{level(0, y, x), level(green, y, x), level(blue, y, x), 255})
		}
	}
	return result, nil
}

// shrink scales a picture down until its longer side has size pixels: each pixel becomes the mean of the area that it covers.
// Smaller pictures stay as they are.
func shrink(source image.Image, size int) *image.NRGBA {
	bounds := source.Bounds()
	width, height := bounds.Dx(), bounds.Dy()
	pixels := image.NewNRGBA(image.Rect(0, 0, width, height))
	draw.Draw(pixels, pixels.Bounds(), source, bounds.Min, draw.Src)
	longer := width
	if height > width {
		longer = height
	}
	if longer <= size {
		return pixels
	}
	scaled := func(extent int) int {
		return int(math.Max(1, math.Round(float64(extent)*float64(size)/float64(longer))))
	}
	result := image.NewNRGBA(image.Rect(0, 0, scaled(width), scaled(height)))
	columns, rows := areas(width, scaled(width)), areas(height, scaled(height))
	for y, row := range rows {
		for x, column := range columns {
			var sum [4]float64
			for i, down := range row.weights {
				for j, across := range column.weights {
					at := pixels.PixOffset(column.first+j, row.first+i)
					for c := range sum {
						sum[c] += down * across * float64(pixels.Pix[at+c])
					}
				}
			}
			for c, value := range sum {
				result.Pix[result.PixOffset(x, y)+c] = uint8(math.Round(value))
			}
		}
	}
	return result
}

// area is the run of source cells that one target cell covers, and each one's share of it.
type area struct {
	first   int
	weights []float64
}

func areas(from, to int) []area {
	result := make([]area, to)
	scale := float64(from) / float64(to)
	for i := range result {
		begin, end := float64(i)*scale, math.Min(float64(i+1)*scale, float64(from))
		first := int(begin)
		weights := make([]float64, 0, int(scale)+2)
		for cell := first; float64(cell) < end && cell < from; cell++ {
			share := math.Min(end, float64(cell+1)) - math.Max(begin, float64(cell))
			weights = append(weights, share/(end-begin))
		}
		result[i] = area{first, weights}
	}
	return result
}

// strip puts pictures side by side, two pixels apart.
func strip(pictures []*image.NRGBA) *image.NRGBA {
	const gap = 2
	width, height := -gap, 0
	for _, picture := range pictures {
		width += picture.Bounds().Dx() + gap
		if picture.Bounds().Dy() > height {
			height = picture.Bounds().Dy()
		}
	}
	result := image.NewNRGBA(image.Rect(0, 0, width, height))
	x := 0
	for _, picture := range pictures {
		draw.Draw(result, picture.Bounds().Add(image.Pt(x, 0)), picture, image.Point{}, draw.Src)
		x += picture.Bounds().Dx() + gap
	}
	return result
}

func writePicture(path string, picture image.Image) error {
	var file bytes.Buffer
	if err := png.Encode(&file, picture); err != nil {
		return err
	}
	return writeFile(path, file.Bytes())
}

// writeFile writes beside the file and renames, so that nobody sees half of it.
func writeFile(path string, content []byte) error {
	if err := os.WriteFile(path+".new", content, 0o644); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}
