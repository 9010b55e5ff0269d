package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"

	"github.com/spf13/cobra"

	"siamtrack/bench/trax"
	"siamtrack/capture"
)

// socketEnv is the variable in which a TraX client names the port that it listens on, instead of the pipes.
const socketEnv = "TRAX_SOCKET"

// newTraxCmd returns `track trax`.
func newTraxCmd() *cobra.Command {
	var f modelFlags
	var version int
	cmd := &cobra.Command{
		Use:   "trax",
		Short: "Serve the TraX protocol, for the VOT toolkit",
		Long: "trax speaks the TraX protocol on stdin and stdout, or on 127.0.0.1:$TRAX_SOCKET where a client sets it.\n" +
			"Its log goes to stderr. A malformed message ends the session with an error.\n\n" +
			"For the VOT toolkit, in trackers.ini:\n\n" +
			"  [Siamtrack]\n  label = Siamtrack\n  protocol = trax\n  command = /usr/local/bin/track trax",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if version < trax.MinVersion || version > trax.MaxVersion {
				return usagef("--protocol-version %d: %d to %d are spoken", version, trax.MinVersion, trax.MaxVersion)
			}
			model, err := f.open(cmd)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, model.Close()) }()
			in, out, stop, err := traxStreams(cmd)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, stop()) }()
			manifest := model.Manifest()
			logger(cmd).Info("serving TraX", "model", manifest.Name, "version", version)
			return trax.Serve(cmd.Context(), in, out, model.Tracker, trax.Options{
				Version: version, Name: manifest.Name, Identifier: "siamtrack", ReadImage: capture.ReadImage,
			})
		},
	}
	f.register(cmd)
	cmd.Flags().IntVar(&version, "protocol-version", trax.MaxVersion, "version of the protocol that is announced")
	return cmd
}

// traxStreams returns what to speak on; stop closes it.
func traxStreams(cmd *cobra.Command) (in io.Reader, out io.Writer, stop func() error, err error) {
	port := os.Getenv(socketEnv)
	if port == "" {
		return cmd.InOrStdin(), cmd.OutOrStdout(), func() error { return nil }, nil
	}
	conn, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", port))
	if err != nil {
		return nil, nil, nil, fmt.Errorf("trax: connect to the client that %s names: %w", socketEnv, err)
	}
	return conn, conn, conn.Close, nil
}
