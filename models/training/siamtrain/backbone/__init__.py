"""Layers that more than one kind of network begins with."""
