"""Watching a training for collapse and overfitting."""

import json
import math
import os

import torch

from siamtrain.errors import Failure


class Collapsed(Failure):
    """The embedding gives the same for everything; training further is a waste."""


class Diverged(Failure):
    """The loss is no number any more."""


def spread(embeddings):
    """Mean standard deviation over rows (N, D) of unit length, relative to that of random directions.

    1 healthy, 0 collapsed.
    """
    unit = torch.nn.functional.normalize(embeddings.float(), dim=1)
    return float(unit.std(0).mean() * math.sqrt(embeddings.shape[1]))


def check_spread(value, floor=0.001):
    """Raises Collapsed where the spread fell below the floor or is no number."""
    if not value >= floor:
        raise Collapsed(
            f"embeddings collapsed: spread {value:.4f}, at least {floor} expected; lower the rate or raise the batch"
        )


def distances(embeddings, labels):
    """Mean distance of rows with the same label and of rows with another, NaN where there are none."""
    d = torch.cdist(embeddings, embeddings)
    same = labels[:, None] == labels[None]
    other = ~same
    same = same & ~torch.eye(len(labels), dtype=torch.bool)
    return float(d[same].mean()), float(d[other].mean())


class EarlyStopping:
    """Says when a validation figure (higher is better) has not improved for `patience` looks in a row."""

    def __init__(self, patience, best=-math.inf, since=0):
        self.patience, self.best, self.since = patience, best, since

    def look(self, value):
        """Takes one figure; (is it the best so far, is it time to stop)."""
        better = value > self.best
        self.best, self.since = (value, 0) if better else (self.best, self.since + 1)
        return better, self.since >= self.patience

    def state(self):
        return {"best": self.best, "since": self.since}


class Curve:
    """The figures of a run as JSON lines, one a look. Lines beyond the step from which a run is resumed are dropped."""

    def __init__(self, path, step=0):
        self.path = path
        rows = [r for r in read_curve(path) if r["step"] <= step] if os.path.exists(path) and step else []
        with open(path, "w", encoding="utf-8") as file:
            file.writelines(json.dumps(r) + "\n" for r in rows)

    def add(self, **figures):
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(json.dumps(figures) + "\n")


def read_curve(path):
    """The rows of a curve file."""
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]
