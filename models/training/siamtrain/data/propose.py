"""Boxes to try on unlabelled frames: what moves against the background, and places rich in edges."""

import cv2
import numpy as np

FLOW_SIDE = 192  # pixels: longest side of a flow field
LEAST_MOTION = 0.6  # pixels of the small flow field a frame pair, against the background
LEAST_SHARE, MOST_SHARE = 0.003, 0.35  # of the frame's area


def moving_boxes(first, second):
    """Boxes x, y, w, h of what moves between two BGR frames against their common affine motion, largest first."""
    scale = FLOW_SIDE / max(first.shape[:2])
    grey = [
        cv2.cvtColor(cv2.resize(f, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY)
        for f in (first, second)
    ]
    flow = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_FAST).calc(*grey, None)
    ys, xs = np.mgrid[0 : flow.shape[0], 0 : flow.shape[1]].astype(np.float32)
    grid = np.stack([xs, ys], -1)
    model, _ = cv2.estimateAffine2D(
        grid[::6, ::6].reshape(-1, 2), (grid + flow)[::6, ::6].reshape(-1, 2), ransacReprojThreshold=0.7
    )
    if model is None:
        return []
    rest = np.linalg.norm(grid + flow - (grid @ model[:, :2].T + model[:, 2]), axis=-1)
    mask = (rest > max(LEAST_MOTION, 0.35 * np.percentile(rest, 99))).astype(np.uint8)
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)))
    parts = sorted(stats[1:].tolist(), key=lambda s: -s[4])
    area = mask.size
    return [np.array(s[:4]) / scale for s in parts if LEAST_SHARE * area < s[2] * s[3] < MOST_SHARE * area]


def edge_box(image, rng, tries=12):
    """The one of some random boxes that holds most edges for its area, and whose rim holds few.

    It is likely a whole thing.
    """
    height, width = image.shape[:2]
    grey = cv2.GaussianBlur(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), (3, 3), 0)
    edges = cv2.integral(np.hypot(cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)))

    def total(x1, y1, x2, y2):
        return edges[y2, x2] - edges[y1, x2] - edges[y2, x1] + edges[y1, x1]

    best, chosen = -1.0, None
    for _ in range(tries):
        side, aspect = min(height, width) * rng.uniform(0.12, 0.5), np.exp(rng.uniform(-0.6, 0.6))
        w, h = int(min(width - 2, side * aspect**0.5)), int(min(height - 2, side / aspect**0.5))
        x, y = rng.randrange(width - w), rng.randrange(height - h)
        m = max(2, min(w, h) // 6)
        inside = total(x, y, x + w, y + h)
        core = total(x + m, y + m, x + w - m, y + h - m)
        value = (core - (inside - core)) / (w * h)
        if value > best or chosen is None:
            best, chosen = value, np.array([x, y, w, h], float)
    return chosen
