package match_test

import (
	"fmt"
	"image"
	"image/color"

	"siamtrack/match"
	"siamtrack/siamfc/onnx"
)

// One branch embeds both pictures, a distance compares them, and the threshold that was calibrated for this model, this
// distance and this kind of picture gives the verdict.
func Example() {
	if err := compare(); err != nil {
		fmt.Println(err)
	}
	// Output:
	// same
	// different
	// 80 numbers a picture
}

func compare() error {
	runtime, err := onnx.Start(onnx.Options{})
	if err != nil {
		return err
	}
	defer runtime.Close()
	const path = "../models/siammatch.onnx"
	model, err := runtime.Open(path)
	if err != nil {
		return err
	}
	defer model.Close()
	branch, err := model.Embedder()
	if err != nil {
		return err
	}
	defer branch.Close()
	hash, err := model.Hash()
	if err != nil {
		return err
	}

	network := match.Network{Embedder: branch, Manifest: model.Manifest(), Hash: hash}
	m, err := match.New(network, match.Cosine)
	if err != nil {
		return err
	}
	thresholds, err := match.LoadThresholds(match.ThresholdsPath(path), network)
	if err != nil {
		return err
	}
	judge := thresholds.Judge(match.KindObject, m.Distance())
	for _, other := range []*image.RGBA{checks(10, 90), checks(3, 250)} {
		score, err := m.Score(match.Picture{Image: checks(10, 100)}, match.Picture{Image: other})
		if err != nil {
			return err
		}
		verdict, _ := judge.Of(score.Distance)
		fmt.Println(verdict)
	}
	vector, err := m.Embed(match.Picture{Image: checks(10, 100)})
	if err != nil {
		return err
	}
	fmt.Println(len(vector), "numbers a picture")
	return nil
}

// checks is a board of squares of a side, red of a strength and white.
func checks(side int, red uint8) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, 80, 80))
	for y := range 80 {
		for x := range 80 {
			c := color.RGBA{R: red, A: 255}
			if (x/side+y/side)%2 == 0 {
				c = color.RGBA{R: 255, G: 255, B: 255, A: 255}
			}
			img.SetRGBA(x, y, c)
		}
	}
	return img
}
