"""A thing whose place is known exactly, to draw and to find."""

import cv2
import numpy as np


def disc(cx, cy, radius=9.0, shape=(240, 320)):
    """A white disc on black, drawn by its continuous centre with soft edges."""
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]] + 0.5
    value = np.clip(radius - np.hypot(x - cx, y - cy), 0, 1) * 255
    return np.repeat(value[..., None], 3, 2).astype(np.uint8)


def centre_of(image):
    """Centre of brightness in continuous coordinates; the dim filling of a crop does not count."""
    weight = np.clip(image[..., 0].astype(float) - 40, 0, None)
    y, x = np.mgrid[0 : weight.shape[0], 0 : weight.shape[1]] + 0.5
    return (x * weight).sum() / weight.sum(), (y * weight).sum() / weight.sum()


def wandering(folder):
    """A sequence in the OTB layout, 40 frames of a disc of radius 14 that wanders through noise; its path."""
    rng, lines = np.random.default_rng(1), []
    (folder / "img").mkdir(parents=True)
    noise = rng.integers(0, 70, (160, 200, 3), np.uint8)
    for i in range(40):
        x, y = 100 + 40 * np.sin(i / 6), 80 + 30 * np.cos(i / 7)
        cv2.imwrite(str(folder / "img" / f"{i:04d}.png"), np.maximum(disc(x, y, 14, (160, 200)), noise))
        lines.append(f"{x - 14:.2f},{y - 14:.2f},28,28")
    (folder / "groundtruth_rect.txt").write_text("\n".join(lines))
    return str(folder)
