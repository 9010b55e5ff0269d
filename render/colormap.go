package render

import (
	"fmt"
	"image/color"
	"slices"
	"strings"

	"github.com/mazznoer/colorgrad"
)

// ColorMap names the colours in which a response map is drawn.
type ColorMap string

// The colour maps. Viridis, Magma, Inferno and Plasma are those of Matplotlib (S. van der Walt and N. Smith, 2015):
// they grow lighter evenly, so that equal steps look equal, to colour-blind eyes too and on a grey print. Cividis
// (Nuñez et al., 2018) does the same in blue and yellow alone. Turbo (A. Mikhailov, 2019) is a rainbow: more steps can
// be told apart, their order less well. Gray runs from black to white. The library interpolates them between fewer
// colours than were published.
const (
	Viridis ColorMap = "viridis"
	Magma   ColorMap = "magma"
	Inferno ColorMap = "inferno"
	Plasma  ColorMap = "plasma"
	Cividis ColorMap = "cividis"
	Turbo   ColorMap = "turbo"
	Gray    ColorMap = "gray"
)

// ColorMaps lists the colour maps, the default first.
func ColorMaps() []ColorMap { return []ColorMap{Viridis, Magma, Inferno, Plasma, Cividis, Turbo, Gray} }

// Next returns the colour map after m in the list, and the first after the last.
func (m ColorMap) Next() ColorMap {
	all := ColorMaps()
	return all[(slices.Index(all, m.orDefault())+1)%len(all)]
}

// ParseColorMap returns the colour map of a name, or an error that lists those there are.
func ParseColorMap(name string) (ColorMap, error) {
	if m := ColorMap(name); slices.Contains(ColorMaps(), m) {
		return m, nil
	}
	names := make([]string, len(ColorMaps()))
	for i, m := range ColorMaps() {
		names[i] = string(m)
	}
	return "", fmt.Errorf("no colour map %q: there are %s", name, strings.Join(names, ", "))
}

// UnmarshalText takes a name as ParseColorMap does, so that a flag or a document can hold one.
func (m *ColorMap) UnmarshalText(name []byte) (err error) {
	*m, err = ParseColorMap(string(name))
	return err
}

// MarshalText is the opposite of UnmarshalText.
func (m ColorMap) MarshalText() ([]byte, error) { return []byte(m.orDefault()), nil }

// orDefault is the colour map that the zero value stands for.
func (m ColorMap) orDefault() ColorMap {
	if m == "" {
		return Viridis
	}
	return m
}

// Colors returns the opaque colours of a response from 0 (index 0) to 1 (index 255). An unknown name has Viridis's.
func (m ColorMap) Colors() [256]color.RGBA {
	var out [256]color.RGBA
	gradient := m.gradient()
	for i := range out {
		if m == Gray {
			out[i] = color.RGBA{uint8(i), uint8(i), uint8(i), 255}
			continue
		}
		c := color.NRGBAModel.Convert(gradient.At(float64(i) / 255)).(color.NRGBA)
		out[i] = color.RGBA{c.R, c.G, c.B, 255}
	}
	return out
}

func (m ColorMap) gradient() colorgrad.Gradient {
	switch m {
	case Magma:
		return colorgrad.Magma()
	case Inferno:
		return colorgrad.Inferno()
	case Plasma:
		return colorgrad.Plasma()
	case Cividis:
		return colorgrad.Cividis()
	case Turbo:
		return colorgrad.Turbo()
	default:
		return colorgrad.Viridis()
	}
}
