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
    """A pairs.Batch of `count` pairs over `capacity` frames of a folder's tars: of each kind first, as many of each."""
    store = Store(capacity, torch.device("cpu"), held=None)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for path, left in _in_turns(glob.glob(os.path.join(glob.escape(folder), "*.tar"))):
            if room := (capacity - store.frames.count) // left:
                store.add(parts.read(path, pool, most=room))
    if not store.pools:
        raise DataError(f"{folder}: no tar with a box in it; write some with `python -m siamtrain bundle`")
    torch.manual_seed(seed)
    return Sampler(store, seed=seed).pairs(count)


def _in_turns(paths):
    """[(path, left)] of tars NAME-K.tar: the first of each NAME, then the second of each, and so on.

    left is how many have their turn among those, from this one on: the room that is there is for so many.
    """
    kinds = {}
    for path in paths:
        name, _, number = os.path.splitext(os.path.basename(path))[0].rpartition("-")
        if not number.isdigit():
            name, number = os.path.basename(path), 0
        kinds.setdefault(name, []).append((int(number), path))
    ordered = [[path for _, path in sorted(kinds[name])] for name in sorted(kinds)]
    turns = [[paths[k] for paths in ordered if k < len(paths)] for k in range(max(map(len, ordered), default=0))]
    return [(path, len(turn) - i) for turn in turns for i, path in enumerate(turn)]
