"""What every training uses: losses, checkpoints, curves, thresholds."""
