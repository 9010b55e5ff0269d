package main

import (
	"github.com/spf13/cobra"

	"siamtrack/render"
)

// registerColorMap adds the flag that chooses the colours of response maps.
func registerColorMap(cmd *cobra.Command, m *render.ColorMap) {
	cmd.Flags().TextVar(m, "colormap", render.Viridis,
		"`colours` of response maps, wherever they are drawn: "+joined(render.ColorMaps()))
}

// typed reports whether a flag was given on the command line: there it is refused where it has no meaning.
func typed(cmd *cobra.Command, name string) bool { return cmd.Flags().Changed(name) }
