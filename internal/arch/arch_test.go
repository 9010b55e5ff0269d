package arch

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// file is one parsed source file of the module.
type file struct {
	path string // from the module's root
	dir  string // its package's folder, from the module's root, with slashes
	test bool
	ast  *ast.File
	set  *token.FileSet
}

// sources parses every Go file of the module, whatever its build tags; modules inside it are their own.
func sources(t *testing.T) []file {
	t.Helper()
	root := filepath.Join("..", "..")
	var files []file
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, p)
		if err != nil {
			return err
		}
		if d.IsDir() {
			if skip(rel, p) {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(p, ".go") {
			return nil
		}
		set := token.NewFileSet()
		parsed, err := parser.ParseFile(set, p, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		files = append(files, newFile(rel, parsed, set))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func newFile(rel string, parsed *ast.File, set *token.FileSet) file {
	return file{
		path: rel, dir: filepath.ToSlash(filepath.Dir(rel)), test: strings.HasSuffix(rel, "_test.go"), ast: parsed, set: set,
	}
}

func skip(rel, p string) bool {
	name := filepath.Base(rel)
	if rel == "." {
		return false
	}
	if strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") || name == "testdata" {
		return true
	}
	_, err := os.Stat(filepath.Join(p, "go.mod"))
	return err == nil
}

func TestRules(t *testing.T) {
	files := sources(t)
	if len(files) < 20 {
		t.Fatalf("only %d source files found", len(files))
	}
	for _, f := range files {
		for _, check := range []func(file) []string{checkImports, checkSignatures, checkCalls} {
			for _, wrong := range check(f) {
				t.Errorf("%s: %s", f.path, wrong)
			}
		}
	}
}

func TestSizes(t *testing.T) {
	for _, f := range sources(t) {
		if f.test {
			continue
		}
		judge(t, f.path, "the file", lines(f, f.ast.FileStart, f.ast.FileEnd), softFileLines, hardFileLines)
		for _, d := range f.ast.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Body != nil {
				judge(t, f.path, fn.Name.Name, lines(f, fn.Pos(), fn.End()), softFuncLines, hardFuncLines)
			}
		}
	}
}

func lines(f file, from, to token.Pos) int {
	return f.set.Position(to).Line - f.set.Position(from).Line + 1
}

func judge(t *testing.T, path, what string, lines, soft, hard int) {
	t.Helper()
	switch {
	case lines > hard:
		t.Errorf("%s: %s has %d lines, at most %d are allowed", path, what, lines, hard)
	case lines > soft:
		t.Logf("%s: %s has %d lines, about %d are enough", path, what, lines, soft)
	}
}

// Every package says what it is for, once, and everything exported says what it does.
func TestDocumented(t *testing.T) {
	described := map[string]int{}
	for _, f := range sources(t) {
		if f.test {
			continue
		}
		described[f.dir] += 0
		if f.ast.Doc != nil {
			described[f.dir]++
		}
		if f.ast.Name.Name == "main" {
			continue
		}
		for _, d := range f.ast.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Doc == nil && fn.Name.IsExported() &&
				(fn.Recv == nil || ast.IsExported(receiver(fn))) {
				t.Errorf("%s: %s has no comment", f.path, fn.Name.Name)
			}
		}
	}
	for dir, n := range described {
		if n != 1 {
			t.Errorf("package %s has %d package comments", dir, n)
		}
	}
}

// The checks find what they look for: each source below breaks one rule.
func TestChecksFind(t *testing.T) {
	for _, c := range []struct{ path, source, wrong string }{
		{"bench/score/a.go", `package score; import "gocv.io/x/gocv"; var _ gocv.Mat`, "belongs to capture"},
		{"render/a_test.go", `package render; import "github.com/hajimehoshi/ebiten/v2/inpututil"`,
			"belongs to render/window"},
		{"tracker/a.go", `package tracker; import "siamtrack/siamfc"`, "may import only"},
		{"bench/metric/a.go", `package metric; import "siamtrack/siamfc"`, "may import only"},
		{"siamfc/a.go", `package siamfc; import "golang.org/x/image/draw"`, "standard library"},
		{"news/a.go", `package news`, "no rule"},
		{"bench/a.go", `package bench`, "no rule"},
		{"bench/run/a.go", `package run; import "siamtrack/bench/score"`, "may import only"},
		{"bench/report/a.go", `package report; import "siamtrack/bench/folder"`, "may import only"},
		{"bench/folder/a.go", `package folder; import "siamtrack/bench/metric"`, "may import only"},
		{"internal/clock/a.go", `package clock; import "siamtrack/internal/follow"`, "may import only"},
		{"a.go", `package siamtrack; import "siamtrack/capture"`, "may import only"},
		{"match/a.go", `package match; import "siamtrack"`, "may import only"},
		{"capture/a.go", `package capture; import "gocv.io/x/gocv"; func Read() (m []gocv.Mat)`, "Read shows gocv.Mat"},
		{"capture/a.go", `package capture; import cv "gocv.io/x/gocv"; type T struct{ M *cv.Mat }`, "T shows cv.Mat"},
		{"capture/a.go", `package capture; import "gocv.io/x/gocv"; type T interface{ Do(gocv.Mat) }`, "T shows gocv.Mat"},
		{"siamfc/onnx/a.go", `package onnx; import ort "github.com/yalue/onnxruntime_go"; var T ort.Value`,
			"T shows ort.Value"},
		{"render/window/a.go",
			`package window; import "github.com/hajimehoshi/ebiten/v2"; func (g *G) Draw(*ebiten.Image) {}`,
			"Draw shows ebiten.Image"},
		{"bench/dataset/a.go",
			`package dataset; import "strconv"; func f(s string) { strconv.ParseFloat(s, 64) }`, "numfile.Number"},
		{"cmd/track/a.go", `package main; import "os"; func f() { os.Rename("a", "b") }`, "atomicfile.Write"},
		{"internal/record/a.go", `package record; import "siamtrack/bench/dataset"`, "may import only"},
		{"render/a.go", `package render; func init() {}`, "init function"},
		{"render/a.go", `package render; func f() { panic(1) }`, "calls panic"},
		{"render/a.go", `package render; import "fmt"; func f() { fmt.Println() }`, "calls fmt.Println"},
	} {
		set := token.NewFileSet()
		parsed, err := parser.ParseFile(set, c.path, c.source, 0)
		if err != nil {
			t.Fatal(err)
		}
		f := newFile(c.path, parsed, set)
		var wrong []string
		for _, check := range []func(file) []string{checkImports, checkSignatures, checkCalls} {
			wrong = append(wrong, check(f)...)
		}
		if len(wrong) != 1 || !strings.Contains(wrong[0], c.wrong) {
			t.Errorf("%s: found %q where it should say %q", c.source, wrong, c.wrong)
		}
	}
}

// And they leave alone what is right.
func TestChecksPass(t *testing.T) {
	for _, c := range []struct{ path, source string }{
		{"capture/a.go", `package capture; import "gocv.io/x/gocv"; type T struct{ m gocv.Mat }; ` +
			`func (t *T) f(gocv.Mat) {}; func (t *t) F(gocv.Mat) {}`},
		{"cmd/track/a.go", `package main; import "siamtrack/capture"; import "os"; func f() { os.Exit(1) }`},
		{"bench/score/a.go",
			`package score; import ("siamtrack/bench/metric"; "siamtrack/tracker"; "golang.org/x/sync/errgroup")`},
		{"siamfc/a_test.go", `package siamfc; import "siamtrack/internal/synth"; func f() { panic(1) }`},
	} {
		parsed, err := parser.ParseFile(token.NewFileSet(), c.path, c.source, 0)
		if err != nil {
			t.Fatal(err)
		}
		f := newFile(c.path, parsed, nil)
		if wrong := append(append(checkImports(f), checkSignatures(f)...), checkCalls(f)...); len(wrong) > 0 {
			t.Errorf("%s: %q", c.source, wrong)
		}
	}
}
