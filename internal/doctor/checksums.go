package doctor

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"

	"siamtrack/internal/readfile"
)

// SumsFile is the list of checksums of a release, as sha256sum writes it, in the folder that its names are relative to.
const SumsFile = "SHA256SUMS"

// Checksums compares the files of a release with its list, which lies in the program's folder or the one above. ok is
// false where there is none, as where the program was built.
func Checksums(program string) (f Finding, ok bool) {
	f = Finding{Name: "release", Status: OK}
	for _, dir := range []string{filepath.Dir(program), filepath.Dir(filepath.Dir(program))} {
		raw, err := readfile.Plain(filepath.Join(dir, SumsFile), readfile.Small)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		files := 0
		if err == nil {
			files, f.Details, err = compare(dir, raw)
		}
		switch {
		case err != nil:
			f.Status, f.Found = Missing, err.Error()
		case len(f.Details) > 0:
			f.Status, f.Found = Missing, fmt.Sprintf("%d of %d files are not as released", len(f.Details), files)
		default:
			f.Found = fmt.Sprintf("%d files as in %s", files, filepath.Join(dir, SumsFile))
		}
		if f.Status != OK {
			f.Advice = "unpack the archive again, and compare its own checksum with the one that was published"
		}
		return f, true
	}
	return f, false
}

// compare returns how many files the list has, and which of them are not as it says.
func compare(dir string, list []byte) (files int, wrong []string, err error) {
	lines := bufio.NewScanner(bytes.NewReader(list))
	for lines.Scan() {
		sum, name, ok := strings.Cut(lines.Text(), " ")
		name = strings.TrimPrefix(strings.TrimPrefix(name, " "), "*") // text and binary mode
		if !ok || len(sum) != 2*sha256.Size || !filepath.IsLocal(name) {
			return files, wrong, fmt.Errorf("%s: %.80q is no checksum and name", filepath.Join(dir, SumsFile), lines.Text())
		}
		files++
		switch got, err := checksum(filepath.Join(dir, name)); {
		case err != nil:
			wrong = append(wrong, err.Error())
		case !strings.EqualFold(got, sum):
			wrong = append(wrong, name+" differs")
		}
	}
	if err := lines.Err(); err != nil || files == 0 {
		return files, wrong, errors.Join(fmt.Errorf("%s lists nothing", filepath.Join(dir, SumsFile)), err)
	}
	return files, wrong, nil
}

// checksum returns a plain file's SHA-256 in hex.
func checksum(path string) (string, error) {
	f, _, err := readfile.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
