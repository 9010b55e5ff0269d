package siamtrack_test

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"io"
	"math"

	"siamtrack"
	"siamtrack/capture"
	"siamtrack/match"
	"siamtrack/tracker"
)

// A video is followed from a box in its first frame; the callback is told of each frame.
func Example() {
	if err := followVideo(); err != nil {
		fmt.Println(err)
	}
	// Output:
	// frame 135: the walker was found: true
	// 140 frames
}

func followVideo() error {
	model, err := siamtrack.Open(siamtrack.DefaultModel, siamtrack.Options{})
	if err != nil {
		return err
	}
	defer model.Close()
	video, err := capture.Open("samples/walk.mp4", capture.Options{})
	if err != nil {
		return err
	}
	defer video.Close()
	walker := tracker.Box{X: 349, Y: 428, W: 50, H: 148}
	later := tracker.Box{X: 159, Y: 209, W: 30, H: 80} // where she is in frame 135, by eye
	frames := 0
	err = model.Track(context.Background(), video, tracker.RunOptions{Init: walker}, func(s tracker.Step) error {
		frames++ // s.Frame.Image is the picture; Box and State say where she is, and how surely
		r := s.Targets[0].Result
		if s.Frame.Index == 135 {
			fmt.Println("frame 135: the walker was found:", r.State != tracker.Lost && r.Box.IoU(later) > 0.5)
		}
		return nil
	})
	fmt.Println(frames, "frames")
	return err
}

// Frames may come from anywhere: a SourceFunc makes a source of a function. These are drawn.
func ExampleModel_Track_ownSource() {
	if err := followDrawn(); err != nil {
		fmt.Println(err)
	}
	// Output:
	// the ball rolled from 100 to about 140
}

func followDrawn() error {
	model, err := siamtrack.Open(siamtrack.DefaultModel, siamtrack.Options{})
	if err != nil {
		return err
	}
	defer model.Close()
	frames := 0
	drawn := tracker.SourceFunc(func(dst *tracker.Frame) error {
		if frames == 20 {
			return io.EOF
		}
		dst.Image, dst.Index = ball(100+2*frames), frames
		frames++
		return nil
	})
	start := tracker.Box{X: 80, Y: 100, W: 40, H: 40}
	var x float64
	err = model.Track(context.Background(), drawn, tracker.RunOptions{Init: start}, func(s tracker.Step) error {
		x, _ = s.Targets[0].Result.Box.Center()
		return nil
	})
	fmt.Printf("the ball rolled from 100 to about %.0f\n", math.Round(x/10)*10)
	return err
}

// ball draws a red ball of 40 pixels about (x, 120) on a grey wall.
func ball(x int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, 320, 240))
	draw.Draw(img, img.Rect, image.NewUniform(color.Gray{Y: 120}), image.Point{}, draw.Src)
	for dy := -20; dy < 20; dy++ {
		for dx := -20; dx < 20; dx++ {
			if dx*dx+dy*dy < 400 {
				img.SetRGBA(x+dx, 120+dy, color.RGBA{R: 200, G: uint8(60 - 2*dy), A: 255})
			}
		}
	}
	return img
}

// One Init and an Update a frame, where the loop is the caller's.
func ExampleModel_Tracker() {
	model, err := siamtrack.Open(siamtrack.DefaultModel, siamtrack.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer model.Close()
	t, err := model.Tracker()
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := t.Init(ball(100), tracker.Box{X: 80, Y: 100, W: 40, H: 40}); err != nil {
		fmt.Println(err)
		return
	}
	result, err := t.Update(ball(106))
	if err != nil {
		fmt.Println(err)
		return
	}
	x, y := result.Box.Center()
	fmt.Println(result.State, "within three pixels:", math.Hypot(x-106, y-120) < 3)
	// Output:
	// tracking within three pixels: true
}

// Several targets are followed at once; each is marked in a frame of its own.
func ExampleModel_Multi() {
	if err := followSeveral(); err != nil {
		fmt.Println(err)
	}
	// Output:
	// frame 30: woman tracking
	// frame 30: jacket tracking
}

func followSeveral() error {
	model, err := siamtrack.Open(siamtrack.DefaultModel, siamtrack.Options{})
	if err != nil {
		return err
	}
	defer model.Close()
	video, err := capture.Open("samples/walk.mp4", capture.Options{})
	if err != nil {
		return err
	}
	defer video.Close()
	marked := []tracker.Start{
		{Name: "woman", Box: tracker.Box{X: 349, Y: 428, W: 50, H: 148}},
		{Name: "jacket", Frame: 20, Box: tracker.Box{X: 620, Y: 234, W: 40, H: 102}},
	}
	const last = 30
	return tracker.RunMulti(context.Background(), video, model.Multi(), marked, last, func(s tracker.Step) error {
		for _, target := range s.Targets {
			if s.Frame.Index == last {
				fmt.Printf("frame %d: %s %v\n", s.Frame.Index, target.Name, target.Result.State)
			}
		}
		return nil
	})
}

// Two pictures of objects are compared by the threshold that was calibrated for the model and for objects.
func ExampleModel_Matcher() {
	if err := compareParts(); err != nil {
		fmt.Println(err)
	}
	// Output:
	// the walker, later: same
	// the lawn: different
}

func compareParts() error {
	model, err := siamtrack.Open(siamtrack.DefaultMatcher, siamtrack.Options{})
	if err != nil {
		return err
	}
	defer model.Close()
	matcher, err := model.Matcher(match.Cosine)
	if err != nil {
		return err
	}
	judge, err := matcher.Judge(match.KindObject)
	if err != nil {
		return err
	}
	first, later, err := firstAndLater("samples/walk.mp4", 20)
	if err != nil {
		return err
	}
	walker := match.Picture{Image: first, Box: tracker.Box{X: 349, Y: 428, W: 50, H: 148}}
	for _, part := range []struct {
		name string
		box  tracker.Box
	}{
		{"the walker, later", tracker.Box{X: 353, Y: 397, W: 53, H: 145}},
		{"the lawn", tracker.Box{X: 100, Y: 300, W: 53, H: 145}},
	} {
		score, err := matcher.Score(walker, match.Picture{Image: later, Box: part.box})
		if err != nil {
			return err
		}
		verdict, _ := judge.Of(score.Distance)
		fmt.Printf("%s: %s\n", part.name, verdict)
	}
	return nil
}

// firstAndLater reads a video's first frame and the n-th.
func firstAndLater(path string, n int) (first, later *image.RGBA, err error) {
	video, err := capture.Open(path, capture.Options{})
	if err != nil {
		return nil, nil, err
	}
	defer video.Close()
	var a, b tracker.Frame
	err = video.Next(&a)
	for range n {
		err = errors.Join(err, video.Next(&b))
	}
	return a.Image, b.Image, err
}
