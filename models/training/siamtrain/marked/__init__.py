"""The marked network, and its training from one stream of pairs that are made where it trains: on a GPU or a CPU."""
