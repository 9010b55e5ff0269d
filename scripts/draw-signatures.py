#!/usr/bin/env python3
"""Draws made-up signatures, to show what matching does with them where no public set is at hand.

They are not people's: figures on them say nothing of figures on real ones. Needs numpy and OpenCV (as models/training
has); seeded: same input, same pictures.

  draw-signatures.py DIR WRITERS EACH [--first N] [--forged]   DIR/wNNN/K.png, EACH signatures of each writer
      --first N   number of the first writer: others than those of an earlier folder
      --forged    DIR/wNNN-forged/K.png too: the same strokes by a hand that copies them
"""

import argparse
import os

import cv2
import numpy as np

WIDTH, HEIGHT = 280, 110
HABIT, COPY = 1.6, 6.0  # deviation in pixels of a writer's own strokes from time to time, of a copyist's from the model
FINE = 8  # points of a curve between two control points


def strokes_of(writer):
    """A writer's strokes: control points [(N, 2), ...] in pixels, left to right with loops, and the pen's width."""
    rng = np.random.default_rng([7, writer])
    strokes, x = [], rng.uniform(20, 40)
    for _ in range(rng.integers(2, 5)):
        n = rng.integers(5, 12)
        run = np.cumsum(rng.uniform(-8, 20, n)) + x
        rise = HEIGHT / 2 + rng.normal(0, 18, n)
        strokes.append(np.c_[run, rise])
        x = min(run.max() + rng.uniform(-15, 12), WIDTH - 60)
    return strokes, rng.uniform(1.5, 3.5)


def curve(points):
    """A Catmull-Rom spline through the points (Catmull and Rom, 1974)."""
    p = np.vstack([points[:1], points, points[-1:]])
    t = np.linspace(0, 1, FINE, endpoint=False)[:, None]
    pieces = []
    for a, b, c, d in zip(p, p[1:], p[2:], p[3:]):
        pieces.append(b + t * (c - a) / 2 + t**2 * (2 * a - 5 * b + 4 * c - d) / 2 + t**3 * (3 * b - a - 3 * c + d) / 2)
    return np.vstack([*pieces, points[-1:]])


def sign(writer, time, forged):
    """One signature, grey on white (HEIGHT, WIDTH)."""
    strokes, pen = strokes_of(writer)
    rng = np.random.default_rng([11, writer, time, forged])
    slant, size, turn = rng.normal(0, 0.05), np.exp(rng.normal(0, 0.05)), rng.normal(0, 0.04)
    if forged:  # a copyist has a pen and a slant of his own
        slant, pen = slant + rng.normal(0, 0.12), rng.uniform(1.5, 3.5)
    cos, sin = size * np.cos(turn), size * np.sin(turn)
    linear = np.array([[cos, slant - sin], [sin, cos]])
    middle = np.array([WIDTH, HEIGHT]) / 2
    image = np.full((HEIGHT, WIDTH), rng.uniform(235, 255), np.float32)
    for points in strokes:
        moved = points + rng.normal(0, COPY if forged else HABIT, points.shape)
        line = (curve(moved) - middle) @ linear.T + middle + rng.normal(0, 1.5, 2)
        points = [np.round(line * 16).astype(np.int32)]
        cv2.polylines(image, points, False, rng.uniform(20, 70), max(1, round(pen)), cv2.LINE_AA, 4)
    return np.clip(cv2.GaussianBlur(image, (0, 0), 0.6) + rng.normal(0, 3, image.shape), 0, 255).astype(np.uint8)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dir")
    parser.add_argument("writers", type=int)
    parser.add_argument("each", type=int)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--forged", action="store_true")
    args = parser.parse_args()
    for writer in range(args.first, args.first + args.writers):
        for forged in (False, True) if args.forged else (False,):
            folder = os.path.join(args.dir, f"w{writer:03}" + ("-forged" if forged else ""))
            os.makedirs(folder, exist_ok=True)
            for time in range(args.each):
                cv2.imwrite(os.path.join(folder, f"{time:02}.png"), sign(writer, time, forged))


if __name__ == "__main__":
    main()
