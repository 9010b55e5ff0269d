package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"siamtrack/internal/config"
	"siamtrack/internal/readfile"
)

// tokenEnv names the environment variable that sets --token: other users of the machine see flags, in ps.
const tokenEnv = "SIAMTRACK_TOKEN"

// maxToken is the length of the longest token; a browser's cookies take some 4000 bytes.
const maxToken = 1024

// readToken settles f.token: --token's, or the first line of --token-file. One that is typed wins over the
// environment's, and without --http only one that is typed is an error. No error shows it.
func (f *liveFlags) readToken(cmd *cobra.Command) error {
	if err := config.Prefer(cmd, "token", "token-file"); err != nil {
		return err
	}
	switch {
	case f.http == "" && !typed(cmd, "token") && !typed(cmd, "token-file"):
		f.token, f.tokenFile = "", ""
	case f.token != "" && f.tokenFile != "":
		return usagef("--token and --token-file: one of them holds the token")
	case f.http == "" && (f.token != "" || f.tokenFile != ""):
		return usagef("--token: there is nothing to guard without --http")
	case f.tokenFile != "":
		raw, err := readfile.Any(cmd.Context(), f.tokenFile, maxToken)
		if err != nil {
			return fmt.Errorf("--token-file: %w", err)
		}
		f.token, _, _ = strings.Cut(string(raw), "\n")
		if f.token = strings.TrimSpace(f.token); f.token == "" {
			return fmt.Errorf("--token-file %s: its first line is empty", f.tokenFile)
		}
	}
	if err := checkToken(f.token); err != nil {
		return usagef("the token: %w", err)
	}
	return nil
}

// checkToken refuses what a cookie cannot carry (RFC 6265, 4.1.1, with blanks and commas, which Go quotes).
func checkToken(token string) error {
	if len(token) > maxToken {
		return fmt.Errorf("at most %d characters are possible", maxToken)
	}
	for _, c := range []byte(token) {
		if c < ' ' || c > '~' || c == '"' || c == ';' || c == '\\' {
			return errors.New(`letters, digits and signs are possible, but not " ; \ and nothing outside ASCII`)
		}
	}
	return nil
}
