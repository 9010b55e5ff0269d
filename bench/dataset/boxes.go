package dataset

import (
	"siamtrack/internal/numfile"
	"siamtrack/internal/plural"
	"siamtrack/internal/record"
)

// loadBoxFile is a sequence of one file of boxes and one folder of frames.
func loadBoxFile(file, name, dir string) (Sequence, error) {
	boxes, err := record.ReadBoxes(file)
	return Sequence{Name: name, Truth: boxes, images: images{dir: dir}}, err
}

// readFlags reads one 0 or 1 a frame, as a column or a row; length 0 allows any.
func readFlags(path string, length int) ([]bool, error) {
	v, err := numfile.ReadColumn(path)
	if err != nil {
		return nil, err
	}
	return toFlags(path, v, length)
}

// toFlags turns numbers into flags.
func toFlags(path string, v numfile.Values, length int) ([]bool, error) {
	if length > 0 && len(v.V) != length {
		return nil, numfile.Errorf(path, v.Line(length), "%s for %s", plural.Of(len(v.V), "flag"), plural.Of(length, "frame"))
	}
	out := make([]bool, len(v.V))
	for i, x := range v.V {
		if x != 0 && x != 1 {
			return nil, numfile.Errorf(path, v.Line(i), "flag %v is neither 0 nor 1", x)
		}
		out[i] = x == 1
	}
	return out, nil
}
