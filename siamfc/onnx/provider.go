package onnx

import (
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	ort "github.com/yalue/onnxruntime_go"
)

// Provider is what runs a network: ONNX Runtime's own code for the CPU, or a library for some other hardware.
type Provider string

// The providers. Which there are depends on how ONNX Runtime's library was built.
const (
	// ProviderAuto is the first of this system's accelerators that starts, and the CPU where none does.
	ProviderAuto     Provider = "auto"
	ProviderCPU      Provider = "cpu"
	ProviderCUDA     Provider = "cuda"
	ProviderOpenVINO Provider = "openvino"
	ProviderCoreML   Provider = "coreml"
	ProviderDirectML Provider = "directml"
	ProviderXNNPACK  Provider = "xnnpack"
)

// ErrProvider is wrapped by the error of a provider that is unknown, or that cannot be used here.
var ErrProvider = errors.New("provider cannot be used")

// Providers lists all providers but ProviderAuto.
func Providers() []Provider {
	return []Provider{ProviderCPU, ProviderCUDA, ProviderOpenVINO, ProviderCoreML, ProviderDirectML, ProviderXNNPACK}
}

// ParseProvider reads a provider's name. Its error wraps ErrProvider.
func ParseProvider(s string) (Provider, error) {
	p := Provider(s)
	if p == ProviderAuto || slices.Contains(Providers(), p) {
		return p, nil
	}
	names := []string{string(ProviderAuto)}
	for _, known := range Providers() {
		names = append(names, string(known))
	}
	return "", fmt.Errorf("%w: %q: %s expected", ErrProvider, s, strings.Join(names, ", "))
}

// accelerators are what ProviderAuto tries on an operating system, in order.
func accelerators(system string) []Provider {
	switch system {
	case "darwin":
		return []Provider{ProviderCoreML}
	case "windows":
		return []Provider{ProviderCUDA, ProviderDirectML}
	default:
		return []Provider{ProviderCUDA}
	}
}

// add makes sessions with these options run on a provider. What the provider cannot run is left to the CPU.
func (p Provider) add(o *ort.SessionOptions, threads int) error {
	switch p {
	case ProviderCPU:
		return nil
	case ProviderCUDA:
		cuda, err := ort.NewCUDAProviderOptions()
		if err != nil {
			return err
		}
		return errors.Join(o.AppendExecutionProviderCUDA(cuda), cuda.Destroy())
	case ProviderOpenVINO:
		return o.AppendExecutionProviderOpenVINO(map[string]string{"device_type": "CPU",
			"num_of_threads": fmt.Sprint(threads)})
	case ProviderCoreML:
		return o.AppendExecutionProviderCoreMLV2(nil)
	case ProviderDirectML:
		return o.AppendExecutionProviderDirectML(0)
	case ProviderXNNPACK:
		return o.AppendExecutionProvider("XNNPACK", nil)
	}
	return fmt.Errorf("%w: %q is not known", ErrProvider, p)
}

// Try says why a provider cannot be used with the library that is loaded, nil where it can: it is built in, and starts.
func (r *Runtime) Try(p Provider) error {
	if err := r.beside(p); err != nil {
		return err
	}
	o, err := ort.NewSessionOptions()
	if err != nil {
		return fmt.Errorf("onnx: provider %s: %w", p, err)
	}
	if err := errors.Join(p.add(o, r.threads), o.Destroy()); err != nil {
		return fmt.Errorf("onnx: provider %s: %w: %s (%s)", p, ErrProvider, oneLine(err), r.library)
	}
	return nil
}

// beside looks for the file that a provider needs beside the library, since ONNX Runtime complains on standard error
// where it is not there.
func (r *Runtime) beside(p Provider) error {
	if p != ProviderOpenVINO {
		return nil
	}
	pattern := filepath.Join(filepath.Dir(r.library), "*onnxruntime_providers_"+string(p)+"*")
	if found, err := filepath.Glob(pattern); err == nil && len(found) == 0 {
		return fmt.Errorf("onnx: provider %s: %w: no %s; the Python package onnxruntime-%s brings a library that has it (%s)",
			p, ErrProvider, filepath.Base(pattern), p, r.library)
	}
	return nil
}

// choose settles which provider a Runtime's models run on.
func (r *Runtime) choose(p Provider) error {
	if p != ProviderAuto && p != "" {
		r.provider = p
		err := r.Try(p)
		// OpenVINO 2025.4 ends the process by a fault when ONNX Runtime is taken down after two of its sessions.
		loaded.stays = loaded.stays || p == ProviderOpenVINO && err == nil
		return err
	}
	r.provider = ProviderCPU
	if p == "" {
		return nil
	}
	var why []string
	for _, a := range accelerators(runtime.GOOS) {
		err := r.Try(a)
		if err == nil {
			r.provider, r.auto, r.why = a, true, ""
			return nil
		}
		why = append(why, err.Error())
	}
	r.why = strings.Join(why, "; ")
	return nil
}

// Provider returns what the models of this Runtime run on, and, where ProviderAuto came down to the CPU, why.
func (r *Runtime) Provider() (p Provider, why string) { return r.provider, r.why }

// shared reports whether a provider reads and writes the tensors' own memory, so that they can be bound once. Others
// copy what they are given to a memory of theirs, when it is bound and not when the network is run.
func (p Provider) shared() bool { return p == ProviderCPU || p == ProviderXNNPACK }

// oneLine is an error's text without line breaks.
func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }
