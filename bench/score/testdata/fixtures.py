"""Writes the small benchmarks and results that the toolkits' figures beside them are of.

usage: fixtures.py FOLDER    writes FOLDER/otb, uav, got10k and vot
Truth and tracks are random walks with everything that goes wrong: drift, loss, boxes missed by whole and half pixels,
outside the frame, of no size and of negative size, absent targets, no answer. They hold no pictures; the scripts that
run the toolkits make empty ones.
"""

import math
import os
import random
import sys

NAN = [math.nan] * 4


def walk(rng, frames, step=1.0, absent=()):
    """A target's boxes, steps in multiples of step pixels."""
    x, y, w, h = 100.0, 80.0, 40.0, 30.0
    out = []
    for i in range(frames):
        out.append(NAN if i in absent else [x, y, w, h])
        x += step * rng.randint(-4, 4)
        y += step * rng.randint(-4, 4)
        w = max(4.0, w + step * rng.randint(-2, 2))
        h = max(4.0, h + step * rng.randint(-2, 2))
    return out


def follow(rng, truth, nan=False, wild=True):
    """A tracker's boxes; wild ones leave the target."""
    out = []
    for box in truth:
        x, y, w, h = [5.0, 5.0, 10.0, 10.0] if math.isnan(box[0]) else box
        kind = rng.randrange(20)
        if kind < 8:
            x, y = x + rng.gauss(0, 6), y + rng.gauss(0, 6)
            w, h = w * (1 + rng.gauss(0, 0.2)), h * (1 + rng.gauss(0, 0.2))
        elif kind < 12:
            x += rng.randint(0, 24)
        elif wild and kind == 12:
            x, y, w, h = -50.0, -40.0, 60.0, 60.0
        elif wild and kind == 13:
            x, y, w, h = 300.0, 220.0, 400.0, 300.0
        elif wild and kind == 14:
            w, h = 0.0, 0.0
        elif kind == 15 and nan:
            x, y, w, h = NAN
        elif wild and kind == 16:
            w = -w
        elif wild and kind == 17:
            x, y, w, h = 1000.0, 1000.0, 5.0, 5.0
        out.append([x, y, w, h])
    return out


def text(numbers):
    return ",".join(f"{round(v, 3):.10g}" for v in numbers)


def write(path, lines):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as f:
        f.writelines(f"{line}\n" for line in lines)


def otb(root, absent):
    """OTB, with UAV123's frames without truth where absent is set. Football1 has more pictures than truth."""
    rng = random.Random(1)
    names = [("Basketball", 40, [""]), ("Bird1", 45, [""]), ("Jogging", 50, [".1", ".2"]), ("Football1", 74, [""])]
    for i, (name, frames, targets) in enumerate(names):
        for target in targets:
            truth = walk(rng, frames, absent=range(20, 30) if absent and i % 2 == 0 else ())
            write(f"{root}/truth/{name}/groundtruth_rect{target}.txt", map(text, truth))
            results = f"{root}/results/OTB2015/T"
            write(f"{results}/{name}{target}.txt", map(text, follow(rng, truth, nan=True)))
            seconds = [0.0] + [0.01 + 0.02 * rng.random() for _ in range(frames - 1)]
            write(f"{results}/times/{name}{target}_time.txt", (f"{s:.6f}" for s in seconds))


def got10k(root):
    rng = random.Random(2)
    names = [f"GOT-10k_Val_{i:06d}" for i in (1, 2, 3)]
    write(f"{root}/truth/val/list.txt", names)
    for name, frames in zip(names, (40, 55, 70)):
        truth = walk(rng, frames)
        folder = f"{root}/truth/val/{name}"
        write(f"{folder}/groundtruth.txt", map(text, truth))
        write(
            f"{folder}/meta_info.ini",
            [
                "[METAINFO]",
                "url: x",
                "begin: 0",
                "end: 1",
                "anno_fps: 10Hz",
                "object_class: goat",
                "motion_class: walking",
                "major_class: animal",
                "root_class: animal",
                "motion_adverb: slowly",
                "resolution: (320, 240)",
            ],
        )
        write(f"{folder}/cover.label", [8] + [rng.randint(0, 8) for _ in range(frames - 1)])
        write(f"{folder}/absence.label", [0] * frames)
        write(f"{folder}/cut_by_image.label", [0] * frames)
        results = f"{root}/results/GOT-10k/T/{name}"
        for repetition in (1, 2):
            write(f"{results}/{name}_{repetition:03d}.txt", map(text, follow(rng, truth)))
        write(
            f"{results}/{name}_time.txt",
            (",".join("%.6f" % (0.01 + 0.05 * rng.random()) for _ in range(2)) for _ in range(frames)),
        )


def leaning(box):
    """The corners of a turned box."""
    if math.isnan(box[0]):
        return NAN
    x, y, w, h = box
    lean, drop = w / 4, h / 5
    return [x + lean, y, x + w, y + drop, x + w - lean, y + h, x, y + h - drop]


def supervised(rng, boxes):
    """A trajectory of the reset-based experiment: 1 a start, 2 a failure, 0 the frames until the next start."""
    out, skip, tracking = [], 0, False
    for box in boxes:
        if skip > 0:
            out.append("0")
            skip -= 1
        elif not tracking:
            out.append("1")
            tracking = True
        elif rng.random() < 0.06:
            out.append("2")
            skip, tracking = 4, False
        else:
            out.append(text(box))
    return out


def vot(root):
    """VOT's experiments on two sequences, one of boxes and one of polygons, in steps of a quarter pixel."""
    rng = random.Random(3)
    frames, results = 60, f"{root}/results/T"
    write(f"{root}/sequences/list.txt", ["boxes", "polygons"])
    for name, size in (("boxes", (150, 120)), ("polygons", (300, 220))):
        truth = walk(rng, frames, 0.25, (52, 53) if name == "boxes" else ())
        folder = f"{root}/sequences/{name}"
        write(
            f"{folder}/sequence",
            ["channels.color=color/%08d.jpg", "fps=25", f"width={size[0]}", f"height={size[1]}", f"length={frames}"],
        )
        write(f"{folder}/groundtruth.txt", map(text, truth if name == "boxes" else map(leaning, truth)))
        write(f"{folder}/occlusion.tag", (i % 2 for i in range(frames)))
        anchors = {0: 1, 12: 1, 48: -1, 59: -1}
        write(f"{folder}/anchor.value", (anchors.get(i, 0) for i in range(frames)))
        times = ["%.6f" % (0.01 + 0.05 * rng.random()) for _ in range(frames)]
        for experiment, repetitions in (("baseline", 3), ("realtime", 1)):
            for r in range(1, repetitions + 1):
                track = f"{results}/{experiment}/{name}/{name}_{r:03d}"
                write(f"{track}.txt", supervised(rng, follow(rng, truth, wild=False)))
                write(f"{track}_time.value", times)
        for frame, way in anchors.items():
            part = truth[frame:] if way > 0 else truth[: frame + 1][::-1]
            track = f"{results}/multistart/{name}/{name}_{frame:08d}"
            boxes = follow(rng, part, wild=False)
            lost = rng.randint(10, 60)  # from which frame on, if there are so many, the tracker is elsewhere
            boxes[lost:] = [[2.0, 2.0, 9.0, 9.0]] * len(boxes[lost:])
            write(f"{track}.txt", ["1"] + list(map(text, boxes[1:])))
            write(f"{track}_time.value", times[: len(part)])
        track = f"{results}/unsupervised/{name}/{name}_001"
        write(f"{track}.txt", ["1"] + list(map(text, follow(rng, truth, wild=False)[1:])))
        write(f"{track}_time.value", times)
        write(f"{track}_confidence.value", [""] + [f"{rng.random():.4f}" for _ in range(frames - 1)])


def main(root):
    otb(f"{root}/otb", False)
    otb(f"{root}/uav", True)
    got10k(f"{root}/got10k")
    vot(f"{root}/vot")


main(sys.argv[1])
