package doctor

import (
	"fmt"
	"slices"
	"strings"

	"siamtrack/siamfc/onnx"
)

// Runtime reports ONNX Runtime: the library that loads, or where it was looked for and what was found there.
func Runtime(library string) Finding {
	f := Finding{Name: "ONNX Runtime", Status: OK}
	rt, err := onnx.Start(onnx.Options{Library: library})
	if err != nil {
		f.Status = Missing
		f.Found, f.Details = lines(err)
		f.Advice = "make build puts it into .deps/; or give its path with --onnxruntime or " + onnx.LibraryEnv
		return f
	}
	f.Found = fmt.Sprintf("%s (%s or newer is needed)", rt.Version(), onnx.NeededVersion)
	f.Details = looked(library, rt.Library())
	if err := rt.Close(); err != nil {
		f.Status, f.Advice = Note, err.Error()
	}
	return f
}

// Providers reports what can run networks here besides the CPU: what ONNX Runtime's library was built with, and starts.
func Providers(library string) Finding {
	f := Finding{Name: "providers", Status: OK}
	rt, err := onnx.Start(onnx.Options{Library: library})
	if err != nil {
		f.Status = Missing
		f.Found, f.Details = lines(err)
		return f
	}
	var usable []string
	for _, p := range onnx.Providers() {
		if err := rt.Try(p); err != nil {
			_, why, _ := strings.Cut(err.Error(), onnx.ErrProvider.Error()+": ")
			f.Details = append(f.Details, fmt.Sprintf("no %s: %s", p, strings.TrimSuffix(why, " ("+rt.Library()+")")))
		} else {
			usable = append(usable, string(p))
		}
	}
	f.Found = strings.Join(usable, ", ") + " (--provider)"
	if err := rt.Close(); err != nil {
		f.Status, f.Advice = Note, err.Error()
	}
	return f
}

// looked lists the places before the library that was found, and the library.
func looked(given, found string) []string {
	var out []string
	for _, path := range onnx.Candidates() {
		if given != "" || path == found {
			break
		}
		out = append(out, path+": not there or not usable")
	}
	return append(out, found)
}

// lines splits an error into its first line and the places that it says were tried, which are set in.
func lines(err error) (first string, tried []string) {
	first, rest, _ := strings.Cut(err.Error(), "\n")
	for line := range strings.Lines(rest) {
		if strings.HasPrefix(line, " ") {
			tried = append(tried, strings.TrimSpace(line))
		}
	}
	return first, tried
}

// Model is a model as it was found: with its name and files, or with what is wrong with it.
type Model struct {
	Path, Name string
	Files      []onnx.File
	Err        error
}

// Models reports the models in the folders that were searched. The default one is needed.
func Models(models []Model, standard string, folders []string) Finding {
	f := Finding{Name: "models", Status: Missing}
	broken := 0
	for _, m := range models {
		if m.Err != nil {
			broken++
			f.Details = append(f.Details, m.Path+" is not usable: "+m.Err.Error())
			continue
		}
		if m.Name == standard {
			f.Status = OK
		}
		slices.SortFunc(m.Files, func(a, b onnx.File) int { return strings.Compare(a.Path, b.Path) })
		for _, file := range m.Files {
			f.Details = append(f.Details, fmt.Sprintf("%s  sha256 %s  %.1f MB  %s",
				m.Name, file.SHA256, float64(file.Bytes)/1e6, file.Path))
		}
	}
	f.Found = fmt.Sprintf("%d usable", len(models)-broken)
	switch {
	case f.Status == Missing:
		f.Found += fmt.Sprintf(", but not %q, which is used where --model names none", standard)
		f.Details = append(f.Details, "looked in "+strings.Join(folders, ", "))
		f.Advice = "run the program in the project's folder, or set SIAMTRACK_MODELS to the folder of models,\n" +
			"or name a model's file with --model"
	case broken > 0:
		f.Status, f.Advice = Note, "a file that is not usable is in the way of nothing but itself: replace or remove it"
	}
	return f
}
