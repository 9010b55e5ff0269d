"""Real pairs for the ranges of activations, from the tars that a network was trained on."""

import glob
import os
from concurrent.futures import ThreadPoolExecutor

import torch

from siamtrain.errors import DataError
from siamtrain.marked import parts
from siamtrain.marked.frames import Store
from siamtrain.marked.pairs import Sampler


def pairs(folder, count, capacity, seed):
    """A pairs.Batch of `count` pairs over as many of a folder's tars as `capacity` frames hold, of each kind first."""
    store = Store(capacity, torch.device("cpu"), held=None)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for path in _in_turns(glob.glob(os.path.join(glob.escape(folder), "*.tar"))):
            if room := capacity - store.frames.count:
                store.add(parts.read(path, pool, most=room))
    if not store.pools:
        raise DataError(f"{folder}: no tar with a box in it; write some with `python -m siamtrain bundle`")
    torch.manual_seed(seed)
    return Sampler(store, seed=seed).pairs(count)


def _in_turns(paths):
    """Paths NAME-K.tar by K first, so that each kind has its turn before another of the same."""

    def key(path):
        name, _, number = os.path.splitext(os.path.basename(path))[0].rpartition("-")
        return int(number) if number.isdigit() else 0, name

    return sorted(paths, key=key)
