"""Writes small videos of several targets, in MOTChallenge's files, and the tracks of two trackers.

usage: fixtures.py FOLDER    writes FOLDER/truth/SEQUENCE and FOLDER/tracks/TRACKER/data
Targets walk, cross, come and go; tracks drift, end, exchange their numbers, and follow what is not there. In "street"
the truth has MOTChallenge's classes: distractors, others, and boxes that are marked as not to be counted.
"""

import os
import random
import sys

SIZE = (640, 480)


def write(path, rows):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as f:
        f.writelines(",".join(f"{v:.10g}" for v in row) + "\n" for row in rows)


def targets(rng, frames, count):
    """For each target its first frame and boxes, a frame without one here and there."""
    out = []
    for _ in range(count):
        begin, end = rng.randint(1, frames // 3), rng.randint(frames // 2, frames)
        x, y, w, h = rng.randint(50, 500), rng.randint(50, 300), rng.randint(20, 70), rng.randint(40, 120)
        dx, dy = rng.uniform(-4, 4), rng.uniform(-2, 2)
        boxes = {}
        for frame in range(begin, end + 1):
            if rng.random() > 0.05:
                boxes[frame] = [round(x, 1), round(y, 1), w, h]
            x, y = x + dx + rng.gauss(0, 1), y + dy + rng.gauss(0, 1)
        out.append(boxes)
    return out


def truth(rng, walkers, classes):
    rows = []
    for i, boxes in enumerate(walkers):
        kind = rng.choice((1, 1, 1, 1, 2, 7, 8, 12, 3)) if classes else 1
        for frame, box in boxes.items():
            marked = 0 if classes and (kind == 3 or rng.random() < 0.03) else 1
            rows.append([frame, i + 1, *box, marked, kind, round(rng.random(), 2)])
    return sorted(rows)


def tracks(rng, walkers, frames, noise):
    rows, number = [], 0
    ids = list(range(1, len(walkers) + 1))
    number = len(ids)
    for frame in range(1, frames + 1):
        if rng.random() < 0.12 and len(ids) > 1:  # two exchange their numbers
            i, j = rng.sample(range(len(ids)), 2)
            ids[i], ids[j] = ids[j], ids[i]
        for i, boxes in enumerate(walkers):
            if rng.random() < 0.03:
                number += 1
                ids[i] = number
            if frame not in boxes or rng.random() < 0.15:
                continue
            x, y, w, h = boxes[frame]
            off = noise if rng.random() < 0.8 else 6 * noise
            box = [
                round(x + rng.gauss(0, off), 1),
                round(y + rng.gauss(0, off), 1),
                round(w * rng.uniform(0.8, 1.2), 1),
                h,
            ]
            rows.append([frame, ids[i], *box, round(rng.random(), 3), -1, -1, -1])
        if rng.random() < 0.3:
            number += 1
            rows.append([frame, number, rng.randint(0, 600), rng.randint(0, 400), 40, 80, 0.5, -1, -1, -1])
        if rng.random() < 0.2 and rows and rows[-1][0] == frame:  # the same box twice
            number += 1
            rows.append([frame, number, *rows[-1][2:]])
    return rows


def main(root):
    rng = random.Random(4)
    for name, frames, count, classes in (("street", 50, 12, True), ("hall", 40, 7, False), ("empty", 10, 2, False)):
        walkers = targets(rng, frames, count)
        write(f"{root}/truth/{name}/gt/gt.txt", truth(rng, walkers, classes))
        with open(f"{root}/truth/{name}/seqinfo.ini", "w") as f:
            f.write(f"[Sequence]\nname={name}\nimDir=img1\nframeRate=25\nseqLength={frames}\n")
            f.write(f"imWidth={SIZE[0]}\nimHeight={SIZE[1]}\nimExt=.jpg\n")
        for tracker, noise in (("near", 2), ("far", 9)):
            rows = tracks(rng, walkers, frames, noise) if name != "empty" else []
            write(f"{root}/tracks/{tracker}/data/{name}.txt", rows)


main(sys.argv[1])
