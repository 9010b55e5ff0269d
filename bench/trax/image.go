package trax

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/draw"
	_ "image/jpeg" // the formats that the specification allows in data URIs
	_ "image/png"
	"net/url"
	"strconv"
	"strings"
)

// maxPixels bounds a picture that comes in a message.
const maxPixels = 1 << 27

// picture decodes an image argument: a file, a data URI, or raw memory.
func (s *session) picture(arg string) (*image.RGBA, error) {
	switch scheme, rest, _ := strings.Cut(arg, ":"); scheme {
	case "file":
		path, err := filePath(arg)
		if err != nil {
			return nil, err
		}
		return s.ReadImage(path)
	case "data":
		return dataImage(rest)
	case "image":
		return memoryImage(rest)
	}
	if strings.HasPrefix(arg, "/") { // version 1 clients gave bare paths
		return s.ReadImage(arg)
	}
	return nil, fmt.Errorf("image %.40q: file://, data: or image: is expected: %w", arg, ErrMessage)
}

// filePath takes the path out of a file URL. libtrax writes paths as they are, other clients escape them: what does
// not parse as a URL is taken literally.
func filePath(arg string) (string, error) {
	raw := strings.TrimPrefix(strings.TrimPrefix(arg, "file:"), "//")
	if raw == "" {
		return "", fmt.Errorf("image %q names no file: %w", arg, ErrMessage)
	}
	if strings.Contains(raw, "%") {
		if p, err := url.PathUnescape(raw); err == nil {
			return p, nil
		}
	}
	return raw, nil
}

// dataImage decodes "image/jpeg;base64,..." (the specification's own example has a semicolon for the comma).
func dataImage(s string) (*image.RGBA, error) {
	i := strings.Index(s, "base64")
	if i < 0 || len(s) < i+len("base64,") {
		return nil, fmt.Errorf("data URI without base64: %w", ErrMessage)
	}
	raw, err := base64.StdEncoding.DecodeString(s[i+len("base64,"):])
	if err != nil {
		return nil, fmt.Errorf("data URI: %w: %w", err, ErrMessage)
	}
	if c, _, err := image.DecodeConfig(bytes.NewReader(raw)); err != nil {
		return nil, fmt.Errorf("data URI: neither JPEG nor PNG: %w: %w", err, ErrMessage)
	} else if c.Width*c.Height > maxPixels {
		return nil, fmt.Errorf("data URI: a picture of %dx%d: %w", c.Width, c.Height, ErrMessage)
	}
	img, _, err := image.Decode(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("data URI: %w: %w", err, ErrMessage)
	}
	out := image.NewRGBA(image.Rect(0, 0, img.Bounds().Dx(), img.Bounds().Dy()))
	draw.Draw(out, out.Bounds(), img, img.Bounds().Min, draw.Src)
	return out, nil
}

// memoryImage decodes "W;H;FORMAT;BASE64", FORMAT gray8, gray16 (little-endian, its upper byte is taken) or rgb.
func memoryImage(s string) (*image.RGBA, error) {
	parts := strings.SplitN(s, ";", 4)
	if len(parts) != 4 {
		return nil, fmt.Errorf("image:%.40q: width;height;format;data is expected: %w", s, ErrMessage)
	}
	w, errW := strconv.Atoi(parts[0])
	h, errH := strconv.Atoi(parts[1])
	if errW != nil || errH != nil || w <= 0 || h <= 0 || h > maxPixels/w {
		return nil, fmt.Errorf("image of %.12s by %.12s pixels: %w", parts[0], parts[1], ErrMessage)
	}
	step := map[string]int{"gray8": 1, "gray16": 2, "rgb": 3}[parts[2]]
	if step == 0 {
		return nil, fmt.Errorf("image format %.20q: gray8, gray16 or rgb is expected: %w", parts[2], ErrMessage)
	}
	raw, err := base64.StdEncoding.DecodeString(parts[3])
	if err != nil {
		return nil, fmt.Errorf("image: %w: %w", err, ErrMessage)
	}
	if len(raw) != w*h*step {
		return nil, fmt.Errorf("image: %d bytes where %dx%d %s has %d: %w", len(raw), w, h, parts[2], w*h*step, ErrMessage)
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range w * h {
		p := raw[i*step : (i+1)*step]
		r, g, b := p[step-1], p[step-1], p[step-1]
		if step == 3 {
			r, g, b = p[0], p[1], p[2]
		}
		copy(out.Pix[4*i:], []byte{r, g, b, 255})
	}
	return out, nil
}
