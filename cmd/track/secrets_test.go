package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"siamtrack/internal/redact"
)

const secret = "s3cr3t"

// oddURLs are URLs at a host, some that open and some that do not, each with the secret in it.
func oddURLs(host string) []string {
	return []string{
		"http://user:" + secret + "@" + host + "/walk.mp4",
		"http://user:%" + secret + "@" + host + "/walk.mp4",
		"http://user:#" + secret + "@" + host + "/walk.mp4",
		"http://user:a " + secret + "@" + host + "/walk.mp4",
		"http://user:/" + secret + "@" + host + "/walk.mp4",
		"http://user:a?" + secret + "@" + host + "/walk.mp4",
		"http://user:a@" + secret + "@" + host + "/walk.mp4",
		"http://" + host + "/walk.mp4?user=a&password=" + secret,
		"http://" + host + "/walk.mp4?Token=" + secret + "&channel=1",
		"http://" + host + "/walk.mp4?p%61ssword=" + secret,
		"http://" + host + "/walk.mp4?pwd=a&" + secret,
		"http://" + host + "/user=a_password=" + secret + "_channel=1.mp4",
		"rtsp://user:%" + secret + "@127.0.0.1:1/x",
		"rtmp://127.0.0.1:1/app pubUser=a pubPasswd=" + secret,
		"nothing://user:" + secret + "@" + host,
		"user:" + secret + "@" + host,
	}
}

// clipServer serves the clip at every path.
func clipServer(t *testing.T) (host string) {
	t.Helper()
	path := absolute(t, clip)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, path) }))
	t.Cleanup(s.Close)
	return strings.TrimPrefix(s.URL, "http://")
}

// TestNoSecretInFiles follows the clip at odd URLs: the secret is in no message and in no file.
func TestNoSecretInFiles(t *testing.T) {
	host := clipServer(t)
	done := 0
	for _, url := range oddURLs(host) {
		dir := t.TempDir()
		code, stdout, stderr := track(t, "file", url, "-m", tiny, "--init", clipInit, "--end", "3", "--log-level", "debug",
			"--csv", filepath.Join(dir, "t.csv"), "--jsonl", filepath.Join(dir, "t.jsonl"), "--mot", filepath.Join(dir, "t.mot"),
			"--otb", filepath.Join(dir, "t.otb"), "--coco", filepath.Join(dir, "t.json"), "--cvat", filepath.Join(dir, "t.xml"),
			"--got", filepath.Join(dir, "g_001.txt"), "--vot", filepath.Join(dir, "v_001.txt"),
			"-o", filepath.Join(dir, "t.mp4"))
		if code == exitDone {
			done++
		}
		texts := map[string]string{"standard output": stdout, "standard error": stderr}
		files, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			texts[f.Name()] = read(t, filepath.Join(dir, f.Name()))
		}
		for what, text := range texts {
			if strings.Contains(text, secret) {
				t.Errorf("%s: the secret is in %s: %.300s", url, what, text)
			}
		}
		if !strings.Contains(stderr, redact.Mask) {
			t.Errorf("%s: the source is not named: %q", url, stderr)
		}
	}
	if done < 5 {
		t.Errorf("only %d of the URLs were opened", done)
	}
}

// TestNoSecretWhereItIsServed serves the clip of odd URLs: the secret is not in the log, the page, the state.
func TestNoSecretWhereItIsServed(t *testing.T) {
	host := clipServer(t)
	for _, url := range []string{
		"http://user:%" + secret + "@" + host + "/walk.mp4", "http://" + host + "/walk.mp4?password=a&" + secret + "&z=1",
	} {
		page, d := served(t, url, "-m", absolute(t, tiny), "--init", clipInit, "--jsonl", "t.jsonl", "--log-level", "debug")
		d.eventually("rows", func() bool { return len(d.rows("t.jsonl")) > 3 })
		for _, path := range []string{"", "state", "page.js"} {
			if text := fetch(t, page+path); strings.Contains(text, secret) {
				t.Errorf("%s: the secret is in /%s: %s", url, path, text)
			}
		}
		if _, stderr := d.interrupt(); strings.Contains(stderr, secret) || !strings.Contains(stderr, redact.Mask) {
			t.Errorf("%s: the log: %s", url, stderr)
		}
	}
}

// fetch returns what is answered at an address.
func fetch(t *testing.T, address string) string {
	t.Helper()
	answer, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestNoSecretInWrongUse types a URL where none belongs.
func TestNoSecretInWrongUse(t *testing.T) {
	if testing.Short() {
		t.Skip("many runs one after the other, of what other tests run: left out with -short")
	}
	run := filepath.Join(t.TempDir(), "run")
	for _, url := range oddURLs("127.0.0.1:1") {
		commands := [][]string{
			{url}, {"live", url, url}, {"live", url, "--http", "127.0.0.1:0", "-m", tiny, "--reconnect", "0"},
			{"bench", url, "-m", tiny, "--out", run}, {"bench", "check", url}, {"eval", "--dataset", url, url}, {"tune", url},
			{"report", run, "--out=" + url}, {"match", url, clip}, {"file", clip, "-m", url, "--init", clipInit, "--csv", "-"},
			{"file", clip, "-m", tiny, "--init-file", url, "--csv", "-"},
			{"file", url, "-m", tiny, "--template", url, "--csv", "-"},
		}
		if strings.Contains(url, "/") { // else it is a good name of a file
			commands = append(commands, []string{"file", clip, "-m", tiny, "--init", clipInit, "--csv", url},
				[]string{"file", clip, "-m", tiny, "--init", clipInit, "-o", url + ".mp4"})
		}
		for _, args := range commands {
			if code, stdout, stderr := track(t, args...); code == exitDone || strings.Contains(stdout+stderr, secret) {
				t.Errorf("%q: exit %d: %s%s", args, code, stdout, stderr)
			}
		}
	}
}

// TestToken: the token comes from a flag, a file or the environment, works, and is in no message.
func TestToken(t *testing.T) {
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte(secret+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, args := range map[string][]string{
		"flag": {"--token", secret}, "file": {"--token-file", file}, "environment": nil,
	} {
		t.Run(name, func(t *testing.T) {
			if name == "environment" {
				t.Setenv(tokenEnv, secret)
			}
			args = append(args, absolute(t, clip), "-m", absolute(t, tiny), "--log-level", "debug")
			page, d := served(t, args...)
			for token, want := range map[string]int{secret: http.StatusOK, "other": http.StatusUnauthorized} {
				r, err := http.NewRequestWithContext(t.Context(), "GET", page+"state", nil)
				if err != nil {
					t.Fatal(err)
				}
				r.Header.Set("Authorization", "Bearer "+token)
				answer, err := http.DefaultClient.Do(r)
				if err != nil {
					t.Fatal(err)
				}
				answer.Body.Close()
				if answer.StatusCode != want {
					t.Errorf("token %s: %s", token, answer.Status)
				}
			}
			if _, stderr := d.interrupt(); strings.Contains(stderr, secret) {
				t.Errorf("the token is in the log: %s", stderr)
			}
		})
	}
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		code int
		args []string
	}{
		{exitUsage, []string{"--token", secret}},
		{exitUsage, []string{"--token-file", file}},
		{exitUsage, []string{"--http", ":0", "--token", secret, "--token-file", file}},
		{exitUsage, []string{"--http", ":0", "--token", secret + ";"}},
		{exitUsage, []string{"--http", ":0", "--token", secret + "\n"}},
		{exitUsage, []string{"--http", ":0", "--token", strings.Repeat(secret, 1000)}},
		{exitFailed, []string{"--http", ":0", "--token-file", empty}},
		{exitFailed, []string{"--http", ":0", "--token-file", "/dev/zero"}},
		{exitFailed, []string{"--http", ":0", "--token-file", filepath.Join(empty, "none")}},
	} {
		code, _, stderr := track(t, append([]string{"live", clip, "-m", tiny}, c.args...)...)
		if code != c.code || strings.Contains(stderr, secret) || !strings.Contains(stderr, "token") {
			t.Errorf("%.60q: exit %d, %s", c.args, code, stderr)
		}
	}
}
