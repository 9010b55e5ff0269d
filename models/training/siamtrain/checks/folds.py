"""Cross-validation over targets from raw boxes: what choosing a setting on some targets gives on others.

Each setting (of a loop's parameters, or a network) was run on every target, and its boxes lie in files. In each fold
the setting with the best mean over the other folds' targets is chosen and scored on the fold's own. So no target takes
part in the choice that it is scored by, and the held-out mean is what a user may expect. A gain smaller than what it
differs by from fold to fold is none. Targets of one scene are always in one fold.
"""

import dataclasses
import os

import numpy as np

from siamtrain.data.readers import otb
from siamtrain.data.score import score
from siamtrain.errors import DataError

FIGURES = ("auc", "p20", "sr50")  # as data.score.score gives them
SAME = 5e-4  # two AUCs that differ by less are the same in the tables


def read_scores(folder, tracks):
    """Figures (N, 3) of the boxes in folder/NAME.txt on each track. DataError names a file that does not fit."""
    rows = []
    for track in tracks:
        path, problems = os.path.join(folder, f"{track.name}.txt"), []
        if not os.path.isfile(path):
            raise DataError(f"{path}: no such file; every setting must have been run on every target")
        boxes = otb.parse(path, problems)
        if problems:
            raise DataError(problems[0])
        if len(boxes) != len(track.boxes):
            raise DataError(f"{path}: {len(boxes)} boxes for {len(track.boxes)} frames")
        rows.append(score(boxes, track.boxes))
    return np.array(rows)


def deal(scenes, folds, seed):
    """The fold (N,) of each target: whole scenes, the largest first, at random to the folds with fewest targets."""
    names = sorted(set(scenes))
    if len(names) < folds:
        raise DataError(f"{len(names)} scenes for {folds} folds; at least one each is needed")
    order = np.random.default_rng(seed).permutation(len(names))
    counts = {name: scenes.count(name) for name in names}
    sizes, fold_of = np.zeros(folds, int), {}
    for name in sorted((names[i] for i in order), key=lambda n: -counts[n]):
        fold_of[name] = int(np.argmin(sizes))
        sizes[fold_of[name]] += counts[name]
    return np.array([fold_of[s] for s in scenes])


def best(figures, careful=False):
    """The index of the setting to choose by its figures (settings, N) on N targets: the highest mean.

    careful takes the first one, in the order given, that is within one standard error of the best on the same targets.
    """
    top = int(np.argmax(figures.mean(1)))
    if not careful or figures.shape[1] < 2:
        return top
    difference = figures[top] - figures
    error = difference.std(1, ddof=1) / np.sqrt(figures.shape[1])
    return int(np.flatnonzero(difference.mean(1) <= error)[0])


@dataclasses.dataclass
class Outcome:
    """One partition: each target's fold (N,), the setting chosen for each fold, and the held-out figures (N, 3)."""

    fold: np.ndarray
    chosen: list
    held: np.ndarray


def validate(scores, fold, by=0, careful=False):
    """The Outcome of choosing among settings' scores (settings, N, 3) by figure number `by` outside each fold."""
    chosen, held = [], np.empty(scores.shape[1:])
    for k in range(fold.max() + 1):
        choice = best(scores[:, fold != k, by], careful)
        chosen.append(choice)
        held[fold == k] = scores[choice, fold == k]
    return Outcome(fold, chosen, held)


def by_fold(figures, fold):
    """Means (folds, ...) of figures (N, ...) over the targets of each fold."""
    return np.array([figures[fold == k].mean(0) for k in range(fold.max() + 1)])


def spread(figures, fold):
    """Standard deviation over the folds of their means."""
    return by_fold(figures, fold).std(0, ddof=1)


def gain(figures, reference, fold):
    """(mean gain over targets, its spread over folds, folds in which it is above 0), both on the same targets."""
    difference = figures - reference
    return difference.mean(0), spread(difference, fold), (by_fold(difference, fold) > 0).sum(0)


@dataclasses.dataclass
class Paired:
    """What one setting has over another on the same targets, over partitions into folds."""

    gain: float  # mean over targets
    typical: float  # without the target that differs most
    better: int  # targets that differ by more than SAME
    worse: int
    spread: float  # standard deviation over the folds, mean over partitions
    agree: float  # share of the folds of all partitions whose mean is higher

    def __str__(self):
        return (
            f"{self.gain:+.4f} of AUC, {self.typical:+.4f} without the target that differs most; {self.better} targets "
            f"better, {self.worse} worse; spread between folds {self.spread:.3f}, higher in {self.agree:.0%} of them"
        )


def paired(figures, reference, partitions):
    """Paired of figures (N,) over reference, for partitions [(N,) folds of the targets, ...]."""
    difference = figures - reference
    parts = np.array([gain(figures, reference, fold)[1:] for fold in partitions])
    count = np.array([fold.max() + 1 for fold in partitions])
    return Paired(
        gain=difference.mean(),
        typical=np.delete(difference, np.abs(difference).argmax()).mean(),
        better=int((difference > SAME).sum()),
        worse=int((difference < -SAME).sum()),
        spread=parts[:, 0].mean(),
        agree=parts[:, 1].sum() / count.sum(),
    )


def table(names, scores, outcome, peers=()):
    """A text table: each setting, the choice inside folds and peers, as mean +- spread over folds; then the gain.

    peers is [(name, (N, 3)), ...]. The gain is that of the choice over the first setting.
    """
    rows = [*zip(names, scores), ("chosen inside folds", outcome.held), *peers]
    lines = [f"{'mean +- spread over folds':<32}" + "".join(f"{name:>18}" for name in FIGURES)]
    for name, figures in rows:
        parts = zip(figures.mean(0), spread(figures, outcome.fold))
        lines.append(f"{name[-31:]:<32}" + "".join(f"{mean:>9.3f} +- {error:.3f}" for mean, error in parts))
    for k, choice in enumerate(outcome.chosen):
        inside = outcome.fold == k
        mean = outcome.held[inside].mean(0)
        lines.append(f"fold {k + 1}, {inside.sum()} targets: {names[choice]}, " + _figures(mean))
    optimism = scores[:, :, 0].mean(1).max() - outcome.held[:, 0].mean()
    lines.append(f"the best setting on all targets promises {optimism:.3f} of AUC more than the choice keeps")
    if len(names) > 1:
        mean, error, better = gain(outcome.held[:, 0], scores[0][:, 0], outcome.fold)
        verdict = "a gain" if mean > error else "not a gain"
        count = len(outcome.chosen)
        lines.append(f"over {names[0]}: {mean:+.3f} +- {error:.3f}, better in {better} of {count} folds: {verdict}")
    return "\n".join(lines)


def _figures(values):
    return ", ".join(f"{name} {value:.3f}" for name, value in zip(FIGURES, values))
