"""The marked network and its training from one stream of pairs, made in batches where it trains: on a GPU, or on a CPU for a tiny one."""
