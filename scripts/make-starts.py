#!/usr/bin/env python3
"""Makes a benchmark of many starts from few sequences, so that a tracker hangs less by one lucky frame.

  make-starts.py [--hurried] DATASET OUT [LIST]

Every target of sequences in OTB's layout is followed forwards and backwards from its first frame, from a third, and,
where it has 150 frames or more, from two thirds (as OTB's temporal robustness evaluation starts a tracker in later
frames), for at most 400 frames; a start is where there is a box. LIST is a file with a target a line, NAME or NAME_2
for the second of several. OUT has links to the frames, and is what `track bench OUT` takes. Standard library only.

With --hurried every target is followed from its first frame alone, for at most 100, from seven boxes as people draw
them in a hurry (OTB's spatial robustness evaluation, but each side by itself): too large, too small, beside.
"""

import math
import pathlib
import re
import sys

LONG, MOST, LEAST = 150, 400, 25  # frames
HURRIED_MOST = 100  # frames
# How far left, top, right and bottom lie outside of the target, in parts of its width and height.
HURRIED = {
    "big": (0.15, 0.15, 0.15, 0.15),
    "small": (-0.1, -0.1, -0.1, -0.1),
    "shift": (-0.1, -0.1, 0.1, 0.1),
    "shiftb": (0.1, -0.1, -0.1, 0.1),
    "side": (0.35, 0.05, 0.05, 0.05),
    "corner": (0.3, 0.3, 0, 0),
    "cornerb": (0, 0, 0.3, 0.3),
}


def boxes(path):
    """The lines of a ground truth, each with whether it is a box of more than two pixels a side."""
    for line in path.read_text().splitlines():
        numbers = [float(v) for v in re.split(r"[,\s]+", line.strip())]
        yield line.strip(), all(map(math.isfinite, numbers)) and min(numbers[2:]) > 2


def truths(folder):
    """The ground truths in a folder by their target's name."""
    for path in sorted(folder.glob("groundtruth_rect*.txt")):
        number = path.name.split(".")[1]
        yield (folder.name if number == "txt" else f"{folder.name}_{number}"), path


def starts(frames):
    """Names of the starts, and which frames follow each."""
    for way, order in ("f", frames), ("b", frames[::-1]):
        for third in range(3 if len(frames) >= LONG else 2):
            yield f"{way}{third}", order[len(frames) * third // 3 :]


def shown(frames, most):
    """The frames from the first that has a box, at most so many."""
    first = next((i for i, (_, (_, there)) in enumerate(frames) if there), len(frames))
    return frames[first:][:most]


def hurried(frames):
    """Names of the boxes, and the frames that follow each, whose first has that box."""
    frames = shown(frames, HURRIED_MOST)
    for name, (left, top, right, bottom) in HURRIED.items() if frames else ():
        picture, (line, there) = frames[0]
        x, y, w, h = (float(v) for v in re.split(r"[,\s]+", line))
        far, low = x + w * (1 + right), y + h * (1 + bottom)
        x, y = max(x - w * left, 0), max(y - h * top, 0)
        yield name, [(picture, (f"{x:.2f},{y:.2f},{far - x:.2f},{low - y:.2f}", there)), *frames[1:]]


def make(truth, out, name, ways):
    """Writes the sequences of one target; returns how many frames they have."""
    pictures = sorted(p for p in (truth.parent / "img").glob("*") if p.suffix in (".jpg", ".png"))
    total = 0
    for start, frames in ways(list(zip(pictures, boxes(truth)))):
        frames = shown(frames, MOST)
        if len(frames) < LEAST:
            continue
        folder = out / f"{name}.{start}"
        (folder / "img").mkdir(parents=True)
        for i, (picture, _) in enumerate(frames, 1):
            (folder / "img" / f"{i:04d}{picture.suffix}").symlink_to(picture.resolve())
        (folder / "groundtruth_rect.txt").write_text("".join(line + "\n" for _, (line, _) in frames))
        total += len(frames)
    return total


def main():
    arguments = [a for a in sys.argv[1:] if a != "--hurried"]
    if not 2 <= len(arguments) <= 3 or any(a.startswith("-") for a in arguments):
        sys.exit(__doc__)
    data, out = map(pathlib.Path, arguments[:2])
    if not data.is_dir():
        sys.exit(f"make-starts: {data}: no such folder")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        sys.exit(f"make-starts: {out} is there and not an empty folder: name another")
    found = dict(pair for folder in sorted(p for p in data.iterdir() if p.is_dir()) for pair in truths(folder))
    wanted = pathlib.Path(arguments[2]).read_text().split() if len(arguments) == 3 else found
    missing = [name for name in wanted if name not in found]
    if missing or not found:
        sys.exit(f"make-starts: {data}: no ground truth in OTB's layout for {', '.join(missing) or 'any target'}")
    ways = hurried if "--hurried" in sys.argv[1:] else starts
    total = sum(make(found[name], out, name, ways) for name in wanted)
    print(f"{len(list(out.iterdir()))} sequences, {total} frames")


if __name__ == "__main__":
    main()
