"""The tracking loops in numpy, twins of the Go program; models that they run, and scores over sequences."""
