"""The box network: its layers, its data, its teachers, its training and its files."""
