package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"siamtrack/internal/printable"
	"siamtrack/internal/zoo"
	"siamtrack/siamfc"
	"siamtrack/siamfc/onnx"
)

// modelInfo is what `track models` says of one model.
type modelInfo struct {
	Path     string           `json:"path"`
	Manifest *siamfc.Manifest `json:"manifest,omitempty"`
	Files    []onnx.File      `json:"files,omitempty"`
	Error    string           `json:"error,omitempty"`
}

// newModelsCmd returns `track models`.
func newModelsCmd() *cobra.Command {
	var f modelFlags
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "models",
		Short: "List the models with the figures of their cards",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			infos, err := inspectModels(f.library, zoo.List(zoo.Folders()))
			if err != nil {
				return err
			}
			if asJSON {
				e := json.NewEncoder(cmd.OutOrStdout())
				e.SetIndent("", "  ")
				return e.Encode(infos)
			}
			return printModels(cmd, infos)
		},
	}
	f.registerLibrary(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON, with the whole manifests and checksums")
	return cmd
}

// inspectModels opens each model once and says what it is, or what is wrong with it.
func inspectModels(library string, paths []string) (_ []modelInfo, err error) {
	rt, err := onnx.Start(onnx.Options{Library: library, Read: zoo.Read})
	if err != nil {
		return nil, err
	}
	defer func() {
		if e := rt.Close(); err == nil {
			err = e
		}
	}()
	infos := make([]modelInfo, 0, len(paths))
	for _, path := range paths {
		info := modelInfo{Path: path}
		if m, files, err := rt.ReadManifest(path); err != nil {
			info.Error = err.Error()
		} else {
			info.Manifest, info.Files = &m, files
		}
		infos = append(infos, info)
	}
	return withoutParts(infos), nil
}

// withoutParts leaves out the files that are parts of a model beside them: they have no manifest of their own.
func withoutParts(infos []modelInfo) []modelInfo {
	part := map[string]bool{}
	for _, i := range infos {
		for _, f := range i.Files {
			part[f.Path] = f.Path != i.Path
		}
	}
	return slices.DeleteFunc(infos, func(i modelInfo) bool { return i.Manifest == nil && part[i.Path] })
}

func printModels(cmd *cobra.Command, infos []modelInfo) error {
	if len(infos) == 0 {
		_, err := fmt.Fprintf(cmd.OutOrStdout(), "no models in %s\n", strings.Join(zoo.Folders(), ", "))
		return err
	}
	w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "NAME\tKIND\tMB\tFIGURES\tLICENCE\tPATH")
	var unusable []string
	for _, i := range infos {
		if i.Manifest == nil {
			unusable = append(unusable, "not usable: "+printable.Text(i.Error)+"\n")
			continue
		}
		size := 0
		for _, f := range i.Files {
			size += f.Bytes
		}
		figures := make([]string, 0, len(i.Manifest.Figures))
		for _, k := range slices.Sorted(maps.Keys(i.Manifest.Figures)) {
			figures = append(figures, k+" "+i.Manifest.Figures[k])
		}
		fmt.Fprintf(w, "%s\t%s\t%.1f\t%s\t%s\t%s\n", printable.Name(i.Manifest.Name), i.Manifest.Kind,
			float64(size)/1e6, printable.Name(strings.Join(figures, ", ")), printable.Name(i.Manifest.Licence),
			printable.Name(i.Path))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprint(cmd.ErrOrStderr(), strings.Join(unusable, ""))
	return err
}
