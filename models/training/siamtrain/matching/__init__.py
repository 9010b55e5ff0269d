"""The embedding for matching: its layers, its training, its files and its figures."""
