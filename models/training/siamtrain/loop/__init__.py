"""The tracking loops in numpy, twins of the Go program, and the choice of their parameters."""
