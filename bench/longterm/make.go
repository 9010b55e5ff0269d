package longterm

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/image/draw"

	"siamtrack/bench/dataset"
	"siamtrack/internal/filename"
)

// Maker makes long sequences.
type Maker struct {
	Options
	// Read reads a picture, which is not written to.
	Read func(path string) (*image.RGBA, error)
	// Progress is called after each frame with the number of those made and of all; nil for none.
	Progress func(done, total int)

	done, total int
}

// quality is that of the JPEG files.
const quality = 92

// Make writes a long sequence from each of at least two sequences into a folder, in VOT's long-term layout; the cuts of
// each show the next one. The folder is made, or must be empty; it is no dataset before all is in it.
func (m Maker) Make(ctx context.Context, sequences []dataset.Sequence, folder string) error {
	if len(sequences) < 2 {
		return fmt.Errorf("longterm: %w: two sequences or more are needed, since the cuts of each show another one",
			ErrUnfit)
	}
	sources := make([]source, len(sequences))
	plans := make([][]moment, len(sequences))
	for i := range sequences {
		var err error
		if sources[i], err = newSource(&sequences[i]); err == nil {
			err = filename.Check("sequence", sequences[i].Name)
		}
		if err != nil {
			return err
		}
	}
	var names strings.Builder
	for i, src := range sources {
		var err error
		if plans[i], err = plan(src, sources[(i+1)%len(sources)], m.Options, i); err != nil {
			return err
		}
		fmt.Fprintln(&names, src.name)
	}
	if err := empty(folder); err != nil {
		return err
	}
	m.total = m.Frames * len(sources)
	for i, src := range sources {
		if err := m.write(ctx, filepath.Join(folder, src.name), src, sources[(i+1)%len(sources)], plans[i]); err != nil {
			return err
		}
	}
	return errors.Join(put(folder, "stack.yaml", fmt.Sprintf("title: longterm, seed %d\n", m.Seed)),
		put(folder, "list.txt", names.String()))
}

// empty makes a folder, or refuses one in which there is something.
func empty(folder string) error {
	items, err := os.ReadDir(folder)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		err = os.MkdirAll(folder, 0o777)
	case err == nil && len(items) > 0:
		err = errors.New("there is something in it already; an empty folder is needed")
	}
	if err != nil {
		return fmt.Errorf("longterm: folder %s: %w", folder, err)
	}
	return nil
}

// put writes a small file.
func put(folder, name, text string) error {
	if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o666); err != nil {
		return fmt.Errorf("longterm: %w", err)
	}
	return nil
}

// write writes one long sequence.
func (m *Maker) write(ctx context.Context, folder string, src, other source, moments []moment) error {
	color := filepath.Join(folder, "color")
	if err := os.MkdirAll(color, 0o777); err != nil {
		return fmt.Errorf("longterm: %w", err)
	}
	var truth strings.Builder
	canvas := image.NewRGBA(image.Rectangle{Max: src.window()})
	for i, now := range moments {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := m.paint(canvas, src, other, now); err != nil {
			return err
		}
		if err := writeJPEG(filepath.Join(color, fmt.Sprintf("%08d.jpg", i+1)), canvas); err != nil {
			return err
		}
		if b := now.truth; !b.Empty() {
			fmt.Fprintf(&truth, "%.2f,%.2f,%.2f,%.2f\n", b.X, b.Y, b.W, b.H)
		} else {
			truth.WriteString("nan,nan,nan,nan\n")
		}
		if m.done++; m.Progress != nil {
			m.Progress(m.done, m.total)
		}
	}
	return errors.Join(put(folder, "groundtruth.txt", truth.String()), put(folder, "sequence", "fps=30\nformat=default\n"))
}

// paint draws what a moment shows: the window, pixel for pixel, or the middle of the other scene, as large as it fills
// the canvas.
func (m *Maker) paint(canvas *image.RGBA, src, other source, now moment) error {
	files := src.files
	if now.other {
		files = other.files
	}
	img, err := m.Read(files[now.frame])
	if err != nil {
		return fmt.Errorf("longterm: %w", err)
	}
	have, want := img.Rect.Size(), canvas.Rect.Size()
	if !now.other {
		if have != src.size {
			return fmt.Errorf("longterm: sequence %s: %w: frame %s is of %v, the first of %v", src.name, ErrUnfit,
				filepath.Base(files[now.frame]), have, src.size)
		}
		draw.Copy(canvas, image.Point{}, img, now.window.Add(img.Rect.Min), draw.Src, nil)
		return nil
	}
	part := image.Pt(have.X, have.X*want.Y/want.X)
	if part.Y > have.Y {
		part = image.Pt(have.Y*want.X/want.Y, have.Y)
	}
	corner := img.Rect.Min.Add(have.Sub(part).Div(2))
	draw.ApproxBiLinear.Scale(canvas, canvas.Rect, img, image.Rectangle{Max: part}.Add(corner), draw.Src, nil)
	return nil
}

// writeJPEG writes a picture.
func writeJPEG(path string, img image.Image) error {
	file, err := os.Create(path)
	if err == nil {
		err = errors.Join(jpeg.Encode(file, img, &jpeg.Options{Quality: quality}), file.Close())
	}
	if err != nil {
		return fmt.Errorf("longterm: write %s: %w", path, err)
	}
	return nil
}
