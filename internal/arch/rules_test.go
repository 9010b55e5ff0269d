package arch

import (
	"fmt"
	"go/ast"
	"path"
	"path/filepath"
	"strconv"
	"strings"
)

const module = "siamtrack"

// owners are the native dependencies and the one package that may import each, tests included.
var owners = map[string]string{
	"gocv.io/x/gocv":                  "capture",
	"C":                               "capture/ffmpeg", // FFmpeg's libraries
	"github.com/yalue/onnxruntime_go": "siamfc/onnx",
	"github.com/hajimehoshi/ebiten":   "render/window",
}

// beforeGo is the file whose C asks for memory before Go's runtime starts, which no Go can.
var beforeGo = filepath.Join("cmd", "track", "least.go")

// imports says which of our own packages each package may import (a trailing /... takes in those below), the nearest
// name above a package counting for it. What is not named here is refused: a new package states its place first.
var imports = map[string][]string{
	// What a user of the library opens; the module's root folder. It brings no OpenCV.
	".":         {"internal/readfile", "internal/zoo", "match", "siamfc/...", "tracker"},
	"cmd/track": {"..."},
	"capture": {"capture/ffmpeg", "internal/atomicfile", "internal/clock", "internal/imagefile",
		"internal/memory", "internal/readfile", "internal/redact", "tracker"},
	"capture/ffmpeg": {},
	"tracker":        {},
	"siamfc":         {"tracker"},
	"siamfc/onnx": {"internal/memory", "internal/numfile", "internal/owner", "internal/readfile", "siamfc",
		"tracker"},
	"session":       {"tracker"},
	"render":        {"session", "tracker"},
	"render/window": {"internal/clock", "render", "session", "tracker"},
	// The benchmark, each below the next: no package of the name bench itself, which would know them all.
	"bench/region": {"tracker"},
	"bench/metric": {"bench/region", "tracker"},
	"bench/mot":    {"internal/numfile", "tracker"},
	"bench/dataset": {"bench/mot", "bench/region", "internal/filename", "internal/imagefile", "internal/numfile",
		"internal/readfile", "internal/record", "internal/plural", "tracker"},
	"bench/folder": {"bench/dataset", "bench/mot", "bench/region", "internal/atomicfile", "internal/filename",
		"internal/numfile", "internal/readfile", "internal/record", "internal/plural", "tracker"},
	"bench/longterm": {"bench/dataset", "internal/filename", "internal/plural", "internal/synth", "tracker"},
	"bench/run": {"bench/dataset", "bench/folder", "bench/metric", "bench/mot", "bench/region", "internal/atomicfile",
		"internal/clock", "internal/readfile", "internal/plural", "tracker"},
	"bench/score": {"bench/dataset", "bench/folder", "bench/metric", "bench/mot", "bench/region", "internal/atomicfile",
		"internal/numfile", "internal/record", "internal/plural", "tracker"},
	// What a run kept, a report asks score for.
	"bench/report": {"bench/score", "internal/atomicfile", "internal/printable", "internal/plural", "internal/readfile",
		"tracker"},
	"bench/trax": {"bench/region", "tracker"},
	"match":      {"match/...", "internal/atomicfile", "internal/readfile", "siamfc", "tracker"},
	// Where parts are joined that no command line is needed for; what is native comes in through interfaces.
	"internal": {"internal/...", "bench/...", "match/...", "render", "session", "siamfc", "tracker"},
	// Small shared tools, below all that use them.
	"internal/numfile":    {"internal/readfile"},
	"internal/plural":     {},
	"internal/memory":     {},
	"internal/owner":      {},
	"internal/printable":  {},
	"internal/readfile":   {"internal/memory"},
	"internal/redact":     {},
	"internal/imagefile":  {"internal/readfile"},
	"internal/filename":   {"internal/printable"},
	"internal/atomicfile": {},
	"internal/clock":      {"tracker"},
	"internal/record":     {"bench/region", "internal/numfile", "internal/readfile", "tracker"},
	// The default models, built in.
	"models":       {},
	"internal/zoo": {"internal/owner", "internal/readfile", "models"},
	// It looks at every native part of the machine, so it stands beside cmd/track.
	"internal/doctor": {"capture", "siamfc/...", "render/...", "internal/...", "tracker"},
	// Tools for tests are imported by tests, which no direction binds.
	"tracker/trackertest": {"internal/synth", "tracker"},
	// Made up of tests.
	"deploy": {},
}

// homes names the packages that may call a function: whoever else wants what it does asks one of them. Each was called
// by twins that came to differ.
var homes = map[string]struct {
	packages []string
	instead  string
}{
	"strconv.ParseFloat": {[]string{"internal/numfile", "bench/region", "tracker"}, "numfile.Number"},
	"os.ReadFile":        {[]string{"internal/readfile", "internal/memory"}, "readfile.Plain, which has a bound"},
	"os.Rename":          {[]string{"internal/atomicfile"}, "atomicfile.Write"},
}

// standardOnly are the packages that need nothing outside the standard library and this module, but for what the
// standard library keeps to itself: which instructions the processor has.
var standardOnly = []string{"tracker", "session", "siamfc", "bench/metric", "bench/region"}

// Above a soft limit the test says so, above the hard one it fails.
const (
	softFileLines, hardFileLines = 300, 400
	softFuncLines, hardFuncLines = 50, 80
)

// checkImports returns what is wrong with a file's imports.
func checkImports(f file) (wrong []string) {
	allowed, known := rule(f.dir)
	if !known {
		return []string{fmt.Sprintf("package %s has no rule: say in internal/arch which packages it may import", f.dir)}
	}
	for _, spec := range f.ast.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return append(wrong, err.Error())
		}
		for native, home := range owners {
			if under(imported, native) && f.dir != home && !(native == "C" && f.path == beforeGo) {
				wrong = append(wrong, fmt.Sprintf("imports %s, which belongs to %s alone", imported, home))
			}
		}
		if f.test {
			continue
		}
		own, isOwn := strings.CutPrefix(imported, module+"/")
		if imported == module {
			own, isOwn = ".", true
		}
		if isOwn && !permits(allowed, own) {
			wrong = append(wrong, fmt.Sprintf("imports %s: %s may import only %v of ours", own, f.dir, allowed))
		}
		foreign := !isOwn && strings.Contains(strings.Split(imported, "/")[0], ".") && imported != "golang.org/x/sys/cpu"
		if foreign && contains(standardOnly, f.dir) {
			wrong = append(wrong, fmt.Sprintf("imports %s: %s needs only the standard library", imported, f.dir))
		}
	}
	return wrong
}

// rule finds the rule for a package folder: its own, or that of the nearest folder above.
func rule(dir string) (allowed []string, known bool) {
	if allowed, known = imports[dir]; known || dir == "." {
		return allowed, known
	}
	for d := path.Dir(dir); d != "."; d = path.Dir(d) {
		if allowed, known = imports[d]; known {
			return allowed, true
		}
	}
	return nil, false
}

func permits(allowed []string, own string) bool {
	for _, a := range allowed {
		prefix, wide := strings.CutSuffix(a, "...")
		prefix = strings.TrimSuffix(prefix, "/")
		if own == prefix || wide && (prefix == "" || under(own, prefix)) {
			return true
		}
	}
	return false
}

// under reports whether name is root or lies below it.
func under(name, root string) bool { return name == root || strings.HasPrefix(name, root+"/") }

func contains(list []string, s string) bool {
	for _, l := range list {
		if l == s {
			return true
		}
	}
	return false
}

// checkSignatures returns the exported declarations that show a type of a native dependency.
func checkSignatures(f file) (wrong []string) {
	if f.test || strings.HasPrefix(f.dir, "cmd/") {
		return nil
	}
	natives := nativeNames(f.ast)
	shown := func(name string, node ast.Node) {
		ast.Inspect(node, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := s.X.(*ast.Ident); ok && natives[x.Name] {
					wrong = append(wrong, fmt.Sprintf("%s shows %s.%s to other packages", name, x.Name, s.Sel.Name))
				}
			}
			return true
		})
	}
	for _, d := range f.ast.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Name.IsExported() && (d.Recv == nil || ast.IsExported(receiver(d))) {
				shown(d.Name.Name, d.Type)
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				showSpec(s, shown)
			}
		}
	}
	return wrong
}

// showSpec calls shown for the parts of a type, variable or constant that other packages see.
func showSpec(spec ast.Spec, shown func(name string, node ast.Node)) {
	switch s := spec.(type) {
	case *ast.TypeSpec:
		if !s.Name.IsExported() {
			return
		}
		st, isStruct := s.Type.(*ast.StructType)
		if !isStruct {
			shown(s.Name.Name, s.Type)
			return
		}
		for _, field := range st.Fields.List {
			exported := len(field.Names) == 0 // embedded
			for _, n := range field.Names {
				exported = exported || n.IsExported()
			}
			if exported {
				shown(s.Name.Name, field.Type)
			}
		}
	case *ast.ValueSpec:
		for _, n := range s.Names {
			if n.IsExported() && s.Type != nil {
				shown(n.Name, s.Type)
			}
		}
	}
}

// nativeNames returns the names by which a file calls the native dependencies.
func nativeNames(f *ast.File) map[string]bool {
	names := map[string]bool{"C": true}
	for _, spec := range f.Imports {
		imported, _ := strconv.Unquote(spec.Path.Value)
		for native := range owners {
			if !under(imported, native) {
				continue
			}
			switch {
			case spec.Name != nil:
				names[spec.Name.Name] = true
			case path.Base(imported) == "v2":
				names[path.Base(path.Dir(imported))] = true
			default:
				names[path.Base(imported)] = true
			}
		}
	}
	return names
}

// receiver returns the name of the type that a method belongs to.
func receiver(d *ast.FuncDecl) string {
	t := d.Recv.List[0].Type
	for {
		switch x := t.(type) {
		case *ast.StarExpr:
			t = x.X
		case *ast.IndexExpr:
			t = x.X
		case *ast.Ident:
			return x.Name
		default:
			return ""
		}
	}
}
