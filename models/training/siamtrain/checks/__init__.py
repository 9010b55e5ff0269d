"""What a finished model is looked at with: parity, time, probes, curves."""
