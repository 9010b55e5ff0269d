package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"siamtrack/capture"
)

// newCamerasCmd returns `track cameras`.
func newCamerasCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "cameras",
		Short: "List the cameras that track live can open",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			devices, err := capture.Cameras()
			if err != nil {
				return err
			}
			_, backends, _ := capture.Backends()
			fmt.Fprintf(cmd.ErrOrStderr(), "track live --backend takes one of %s\n", strings.Join(backends, ", "))
			if len(devices) == 0 {
				fmt.Fprintln(cmd.ErrOrStderr(),
					"no camera found: plug one in; on Linux you must be able to read /dev/video* (group video)")
				return nil
			}
			for _, d := range devices {
				if _, err := fmt.Fprintln(cmd.OutOrStdout(), d); err != nil {
					return err
				}
			}
			return nil
		},
	}
}
