package main

import (
	"bytes"
	"errors"
	"image"
	"image/png"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"siamtrack/internal/record"
)

// asProgram is the environment variable that makes the test binary be the program.
const asProgram = "SIAMTRACK_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main() // ends the process
	}
	if os.Getenv("SIAMTRACK_CONFIG") == "" { // a person's own configuration is none of the tests'
		if err := os.Setenv("SIAMTRACK_CONFIG", os.DevNull); err != nil {
			panic(err)
		}
	}
	// The race detector has each process sleep for a second at its end, and here are hundreds of them. What races before
	// is found all the same.
	if os.Getenv("GORACE") == "" {
		if err := os.Setenv("GORACE", "atexit_sleep_ms=0"); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

// program returns the real program with its arguments, as a process of its own: main, signals and all.
func program(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, args...)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	return cmd
}

// finish runs the program to its end.
func finish(t *testing.T, cmd *exec.Cmd) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), out.String(), errs.String()
}

// fed starts `track file` on the beginning of the clip, which comes through a pipe that stays open: however fast the
// program is, it waits for the rest. It returns once the track has more than the given number of lines.
func fed(t *testing.T, share float64, csv string, lines int, args ...string) *desktop {
	t.Helper()
	whole := read(t, clip)
	cmd := program(t, append([]string{"file", "-", "-m", absolute(t, tiny), "--init", clipInit, "--csv", csv}, args...)...)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	d := launch(t, cmd)
	go func() { _, _ = stdin.Write([]byte(whole[:int(share*float64(len(whole)))])) }()
	d.eventually("rows", func() bool {
		data, err := os.ReadFile(csv + ".part")
		return err == nil && bytes.Count(data, []byte("\n")) > lines
	})
	return d
}

// The clip and what it shows; a model of one kernel with seeded weights, which is small and deterministic, and of no
// other use: what it says of the clip does not matter here.
const (
	clip      = "../../samples/walk.mp4"
	clipInit  = "349,428,50,148"
	clipTruth = "../../samples/walk.csv"
	tiny      = "../../siamfc/onnx/testdata/box.onnx"
)

// mustTrack runs `track file` on the clip with the tiny model and more arguments, and fails unless it is done.
func mustTrack(t *testing.T, args ...string) (stdout, stderr string) {
	t.Helper()
	code, stdout, stderr := finish(t, program(t, append([]string{"file", "-m", tiny}, args...)...))
	if code != exitDone {
		t.Fatalf("track file %s: exit %d\n%s", strings.Join(args, " "), code, stderr)
	}
	return stdout, stderr
}

// stored writes a picture as PNG that is not compressed: to compress is slow under the race detector.
func stored(w io.Writer, img image.Image) error {
	return (&png.Encoder{CompressionLevel: png.NoCompression}).Encode(w, img)
}

func readTrack(t *testing.T, path string) []record.Row {
	t.Helper()
	rows, err := record.ReadFile(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// in returns a path in a new folder.
func in(t *testing.T, name string) string {
	t.Helper()
	return filepath.Join(t.TempDir(), name)
}
