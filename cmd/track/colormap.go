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
