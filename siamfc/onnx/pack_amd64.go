package onnx

import "golang.org/x/sys/cpu"

// fast tells whether this processor has what pack_amd64.s uses.
var fast = cpu.X86.HasAVX2

// packRow does what packing.row does for the first columns, a multiple of eight, in patches of four pixels.
//
//go:noescape
func packRow(dst *uint8, planes *[3]*float32, columns int, levels float32)
