"""Makes overlaps.csv, the overlaps that two toolkits give to pairs of regions.

usage: overlaps.py cases               prints the pairs, without overlaps
       overlaps.py vot <overlaps.csv   prints them with what the VOT toolkit says (PyPI: vot-toolkit 0.7.4)
       overlaps.py pysot <overlaps.csv the same with pysot (STVIR/pysot d04028f, its toolkit built and importable)
A line is width;height;region;region;vot;pysot, a width of 0 for no bounds. Without bounds there is none of the VOT
toolkit: it cuts rectangles at the window's last column counted from its first, which is wrong left of 0.
"""

import random
import sys


def number(rng, low, high):
    """Quarters of pixels, so that halves are frequent."""
    return rng.randint(*sorted((int(4 * low), int(4 * high)))) / 4


def shape(rng, like):
    """A box or polygon near the box like, now and then out of the frame, without size, or crossing itself."""
    x, y, w, h = like
    x, y = x + number(rng, -6, 6), y + number(rng, -6, 6)
    w, h = w + number(rng, -4, 4), h + number(rng, -4, 4)
    if rng.random() < 0.05:
        w = 0
    kind = rng.random()
    if kind < 0.45:
        return [x, y, w, h]
    if kind < 0.85:  # a leaning quadrangle, as VOT annotates
        lean, drop = number(rng, -w / 3, w / 3), number(rng, -h / 3, h / 3)
        return [x + lean, y, x + w, y + drop, x + w - lean, y + h, x, y + h - drop]
    corners = rng.randint(3, 7)
    return [v for _ in range(corners) for v in (x + number(rng, 0, abs(w)), y + number(rng, 0, abs(h)))]


def cases():
    rng = random.Random(1)
    for _ in range(400):
        size = rng.choice(((64, 48), (64, 48), (63, 47), (0, 0)))
        like = [number(rng, -12, 60), number(rng, -10, 44), number(rng, 1, 24), number(rng, 1, 20)]
        pair = [",".join(f"{v:.2f}" for v in shape(rng, like)) for _ in range(2)]
        print(*size, *pair, "", "", sep=";")


def vot():
    from vot.region import Polygon, Rectangle
    from vot.region.raster import calculate_overlap

    def region(v):
        return Rectangle(*v) if len(v) == 4 else Polygon(list(zip(v[::2], v[1::2])))

    return lambda a, b, size: calculate_overlap(region(a), region(b), size)


def pysot():
    from toolkit.utils.region import vot_overlap

    return lambda a, b, size: vot_overlap(a, b, size)


def main(what):
    if what == "cases":
        cases()
        return
    overlap, column = {"vot": (vot, 4), "pysot": (pysot, 5)}[what]
    overlap = overlap()
    for line in sys.stdin:
        row = line.rstrip("\n").split(";")
        a, b = ([float(v) for v in row[i].split(",")] for i in (2, 3))
        size = (int(row[0]), int(row[1])) if row[0] != "0" else None
        row[column] = "" if what == "vot" and size is None else f"{overlap(a, b, size):.9g}"
        print(";".join(row))


main(sys.argv[1])
