package config

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMisspelt(t *testing.T) {
	s, err := load(t, "", "")
	if err != nil {
		t.Fatal(err)
	}
	got := s.Misspelt([]string{
		"PATH=/bin", "SIAMTRACK_FILE_MODEL=a", "SIAMTRACK_MODEL=a", "SIAMTRACK_MODELS=dir", "SIAMTRACK_CONFIG=c.yaml",
		"SIAMTRACK_FILE_MODLE=a", "SIAMTRACK_CONFG=c.yaml", "SIAMTRACK_FILE_MODE=", "SIAMTRACK_HOME=/srv", "SIAMTRACK_MADE=a",
		"FILE_MODLE=a",
	}, []string{"SIAMTRACK_MODELS"})
	want := []Misspelt{{"SIAMTRACK_FILE_MODLE", "SIAMTRACK_FILE_MODEL"}, {"SIAMTRACK_CONFG", "SIAMTRACK_CONFIG"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}
