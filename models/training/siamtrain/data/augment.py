"""Changes to crops that leave the target where it is.

All take and give BGR uint8 (S, S, 3); rng is a numpy Generator.
"""

import cv2
import numpy as np


def photometric(image, rng, strength=1.0, grey=False):
    """Brightness, contrast and colour balance changed by up to `strength` times a quarter.

    grey makes all channels equal.
    """
    gain = 1 + strength * rng.uniform(-0.25, 0.25)
    tint = 1 + strength * rng.uniform(-0.1, 0.1, 3) * (rng.random() < 0.5)
    shift = strength * rng.uniform(-22, 22)
    table = np.clip((np.arange(256)[:, None] - 110) * gain * tint + 110 + shift, 0, 255).astype(np.uint8)
    if grey:
        image = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
        table = np.repeat(table[:, :1], 3, 1)
    return cv2.LUT(image, table[None])


def degrade(image, rng):
    """What a camera and a codec do, each with a small chance: motion blur, loss of resolution, JPEG."""
    roll = rng.random()
    if roll < 0.2:
        image = motion_blur(image, int(rng.choice([3, 5, 7, 9])), rng.uniform(0, np.pi))
    elif roll < 0.3:
        image = distant(image, rng.uniform(0.3, 0.7))
    if rng.random() < 0.1:
        _, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(15, 50))])
        image = cv2.imdecode(data, cv2.IMREAD_COLOR)
    return image


def distant(image, factor):
    """The image as if its source had been `factor` as large: what a small target looks like."""
    # Given a factor in place of a size, OpenCV would shift what does not divide evenly.
    small = cv2.resize(image, [max(1, round(n * factor)) for n in image.shape[1::-1]], interpolation=cv2.INTER_AREA)
    return cv2.resize(small, image.shape[1::-1], interpolation=cv2.INTER_LINEAR)


def motion_blur(image, length, angle):
    """The mean along a line of `length` pixels at `angle` radians."""
    kernel = np.zeros((length, length), np.float32)
    middle, reach = (length - 1) / 2, (length - 1) / 2 * np.array([np.cos(angle), np.sin(angle)])
    ends = [tuple(int(round(v)) for v in (middle + s * reach[0], middle + s * reach[1])) for s in (-1, 1)]
    cv2.line(kernel, ends[0], ends[1], 1.0)
    return cv2.filter2D(image, -1, kernel / kernel.sum())


def occlude(image, rng, centre, size):
    """Covers a part of the box of (w, h) `size` about `centre` with another part of the image. Returns a copy."""
    side = image.shape[0]
    w, h = (max(2, int(s * rng.uniform(0.25, 0.55))) for s in size)
    w, h = min(w, side - 1), min(h, side - 1)
    x, y = (int(np.clip(c + s * rng.uniform(-0.5, 0.5) - n / 2, 0, side - n)) for c, s, n in zip(centre, size, (w, h)))
    u, v = rng.integers(side - w), rng.integers(side - h)
    out = image.copy()
    out[y : y + h, x : x + w] = image[v : v + h, u : u + w]
    return out
