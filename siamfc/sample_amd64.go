package siamfc

import "golang.org/x/sys/cpu"

// fast tells whether this processor has what sample_amd64.s uses.
var fast = cpu.X86.HasAVX2 && cpu.X86.HasFMA

// sampleRow does what Cropper.inside does for the first columns, a multiple of eight.
//
//go:noescape
func sampleRow(s *samples, columns int)
