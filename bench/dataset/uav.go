package dataset

import (
	"path/filepath"
	"strings"

	"siamtrack/internal/numfile"
)

// UAV123 and UAV20L: {anno/UAV123/NAME.txt, anno/UAV123/att/NAME.txt, data_seq/UAV123/VIDEO/000001.jpg}. UAV20L is
// read by naming anno/UAV20L itself, or where there is no anno/UAV123.

// uavStart is the frame, from 1, at which a part of a UAV123 video begins (the benchmark's configSeqs.m, as got10k and
// pysot carry it); parts not named here begin at 1.
func uavStart(name string) int {
	starts := map[string]int{
		"bird1_2": 775, "bird1_3": 1573, "car1_2": 751, "car1_3": 1627, "car6_2": 487, "car6_3": 1807,
		"car6_4": 2953, "car6_5": 3925, "car8_2": 1357, "car16_2": 415, "group1_2": 1333, "group1_3": 2515,
		"group1_4": 3925, "group2_2": 907, "group2_3": 1771, "group3_2": 1567, "group3_3": 2827, "group3_4": 4369,
		"person2_2": 1189, "person4_2": 1501, "person5_2": 877, "person7_2": 1249, "person8_2": 1075,
		"person12_2": 601, "person14_2": 847, "person14_3": 1813, "person17_2": 1501, "person19_2": 1243,
		"person19_3": 2791, "truck4_2": 577, "uav1_2": 1555, "uav1_3": 2473,
	}
	if s, ok := starts[name]; ok {
		return s
	}
	return 1
}

// uavDirs returns the folder of annotations and that of videos, empty where root is no UAV123.
func uavDirs(root string) (anno, data string) {
	base := filepath.Base(root)
	if filepath.Base(filepath.Dir(root)) == "anno" && strings.HasPrefix(base, "UAV") {
		return root, filepath.Join(filepath.Dir(filepath.Dir(root)), "data_seq", "UAV123")
	}
	for _, version := range []string{"UAV123", "UAV20L"} {
		if d := filepath.Join(root, "anno", version); isDir(d) {
			return d, filepath.Join(root, "data_seq", "UAV123")
		}
	}
	return "", ""
}

func signOfUAV(root string) string { anno, _ := uavDirs(root); return anno }

func listUAV(root string) ([]entry, error) {
	anno, data := uavDirs(root)
	if anno == "" {
		return nil, nil
	}
	files, err := filepath.Glob(filepath.Join(escapeGlob(anno), "*.txt"))
	if err != nil {
		return nil, err
	}
	var out []entry
	for _, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), ".txt")
		out = append(out, entry{name, "", func() (Sequence, error) { return loadUAV(f, data, name) }})
	}
	return out, nil
}

// loadUAV reads one part of a video; its truth is NaN where the target is out of view.
func loadUAV(file, data, name string) (Sequence, error) {
	dir := filepath.Join(data, name)
	if i := strings.LastIndexByte(name, '_'); i > 0 && !isDir(dir) && digits(name[i+1:]) > 0 {
		dir = filepath.Join(data, name[:i])
	}
	s, err := loadBoxFile(file, name, dir)
	if err != nil {
		return s, err
	}
	s.images.first = uavStart(name)
	s.images.last = s.images.first + len(s.Truth) - 1
	att := filepath.Join(filepath.Dir(file), "att", name+".txt")
	if !isFile(att) {
		return s, nil
	}
	flags, err := numfile.ReadColumn(att)
	if err != nil {
		return s, err
	}
	// the order of the benchmark's own plots
	names := []string{"SV", "ARC", "LR", "FM", "FOC", "POC", "OV", "BC", "IV", "VC", "CM", "SOB"}
	if len(flags.V) != len(names) {
		return s, numfile.Errorf(att, 1, "%d attributes where UAV123 has %d", len(flags.V), len(names))
	}
	for i, on := range flags.V {
		if on != 0 {
			s.Attributes = append(s.Attributes, names[i])
		}
	}
	return s, nil
}
