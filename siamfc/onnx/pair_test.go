package onnx

import (
	"testing"

	"siamtrack/siamfc"
)

// TestPairIsCheckedOnce: a model's networks share what was learnt of its graphs, until its manifest is another.
func TestPairIsCheckedOnce(t *testing.T) {
	m, err := started(t).Open("testdata/two.onnx")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	first, err := m.pair()
	if err != nil {
		t.Fatal(err)
	}
	if again, err := m.pair(); again != first || err != nil {
		t.Errorf("checked twice: %v", err)
	}
	if err := m.Override(siamfc.Overrides{}); err != nil {
		t.Fatal(err)
	}
	if other, err := m.pair(); other == first || err != nil {
		t.Errorf("not checked again with another manifest: %v", err)
	}
}
