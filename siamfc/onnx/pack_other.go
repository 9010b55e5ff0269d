//go:build !amd64

package onnx

// fast tells that there is no packRow for this processor.
const fast = false

func packRow(*uint8, *[3]*float32, int, float32) {}
