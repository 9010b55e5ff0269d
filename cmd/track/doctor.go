package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"siamtrack/internal/doctor"
	"siamtrack/internal/zoo"
)

// newDoctorCmd returns `track doctor`.
func newDoctorCmd() *cobra.Command {
	var f modelFlags
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Look at what the program needs of this machine, and say what to do about what is missing",
		Long: "doctor prints versions and paths of OpenCV and ONNX Runtime, the video backends and codecs that work here,\n" +
			"cameras, display, and the models with their checksums. It exits with 0 when all that is needed is there,\n" +
			"with 1 otherwise; what is only a note can be done without.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			findings := examine(cmd.Context(), f.library)
			if err := printFindings(cmd, findings, asJSON); err != nil {
				return err
			}
			if n := doctor.Needed(findings); n > 0 {
				return fmt.Errorf("doctor: missing, though needed: %d", n)
			}
			return nil
		},
	}
	f.registerLibrary(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// examine looks at everything.
func examine(ctx context.Context, library string) []doctor.Finding {
	findings := []doctor.Finding{{Name: "track", Status: doctor.OK, Found: versionLine()}}
	if program, err := os.Executable(); err == nil {
		if f, ok := doctor.Checksums(program); ok { // unpacked from a release's archive
			findings = append(findings, f)
		}
	}
	findings = append(findings, doctor.Video()...)
	runtime := doctor.Runtime(library)
	findings = append(findings, runtime)
	if runtime.Status != doctor.Missing { // models cannot be opened without it
		findings = append(findings, doctor.Providers(library))
		findings = append(findings, doctor.Models(foundModels(library), zoo.Default, zoo.Folders()))
	}
	return append(findings, doctor.Cameras(), doctor.Display(ctx))
}

// foundModels opens every model that can be found.
func foundModels(library string) []doctor.Model {
	infos, err := inspectModels(library, zoo.List(zoo.Folders()))
	if err != nil {
		return []doctor.Model{{Path: "ONNX Runtime", Err: err}}
	}
	var out []doctor.Model
	for _, i := range infos {
		m := doctor.Model{Path: i.Path, Files: i.Files}
		if i.Manifest != nil {
			m.Name = i.Manifest.Name
		} else {
			m.Err = errors.New(i.Error)
		}
		out = append(out, m)
	}
	return out
}

func printFindings(cmd *cobra.Command, findings []doctor.Finding, asJSON bool) error {
	if !asJSON {
		return doctor.Print(cmd.OutOrStdout(), findings)
	}
	e := json.NewEncoder(cmd.OutOrStdout())
	e.SetIndent("", "  ")
	return e.Encode(findings)
}
