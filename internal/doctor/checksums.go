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

// Checksums compares the files of a release with its list, share/siamtrack/SHA256SUMS in the folder above the
// program's, to which the names are relative, or SHA256SUMS in one of the two. ok is false where there is none, as
// where the program was built.
func Checksums(program string) (f Finding, ok bool) {
	f = Finding{Name: "release", Status: OK}
	above := filepath.Dir(filepath.Dir(program))
	for _, list := range []struct{ path, dir string }{
		{filepath.Join(above, "share", "siamtrack", SumsFile), above},
		{filepath.Join(filepath.Dir(program), SumsFile), filepath.Dir(program)},
		{filepath.Join(above, SumsFile), above},
	} {
		raw, err := readfile.Plain(list.path, readfile.Small)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		files := 0
		if err == nil {
			files, f.Details, err = compare(list.path, list.dir, raw)
		}
		switch {
		case err != nil:
			f.Status, f.Found = Missing, err.Error()
		case len(f.Details) > 0:
			f.Status, f.Found = Missing, fmt.Sprintf("%d of %d files are not as released", len(f.Details), files)
		default:
			f.Found = fmt.Sprintf("%d files as in %s", files, list.path)
		}
		if f.Status != OK {
			f.Advice = "unpack or install it again, and compare the archive's own checksum with the one that was published"
		}
		return f, true
	}
	return f, false
}

// compare returns how many files the list of that path has, and which of them are not as it says.
func compare(path, dir string, list []byte) (files int, wrong []string, err error) {
	lines := bufio.NewScanner(bytes.NewReader(list))
	for lines.Scan() {
		sum, name, ok := strings.Cut(lines.Text(), " ")
		name = strings.TrimPrefix(strings.TrimPrefix(name, " "), "*") // text and binary mode
		if !ok || len(sum) != 2*sha256.Size || !filepath.IsLocal(name) {
			return files, wrong, fmt.Errorf("%s: %.80q is no checksum and name", path, lines.Text())
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
		return files, wrong, errors.Join(fmt.Errorf("%s lists nothing", path), err)
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
