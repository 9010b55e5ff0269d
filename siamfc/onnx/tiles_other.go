//go:build !(linux && amd64)

package onnx

// tiles tells that ONNX Runtime uses no tiles here.
func tiles() bool { return false }
