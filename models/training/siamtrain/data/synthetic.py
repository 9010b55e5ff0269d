"""Synthetic video with known boxes.

A patterned target wanders among others while every object's light and colour change.

Colour and brightness lead astray, the pattern alone tells the target: what an untrained network does not know.
"""

import os

import cv2
import numpy as np

from siamtrain.data.track import Track

WIDTH, HEIGHT = 320, 240
LIGHT, CONTRAST, NOISE = 75, 0.45, 8  # grey levels the light swings by, of the patterns, of the noise


def texture(rng, height, width, grain, contrast=1.0):
    """Smooth coloured noise, uint8 (height, width, 3); grain is the size of its blobs in pixels."""
    small = rng.uniform(0, 255, (max(2, height // grain), max(2, width // grain), 3)).astype(np.float32)
    noise = cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.clip((noise - 128) * contrast + 128, 0, 255).astype(np.uint8)


def video(seed, frames=40, others=3, speed=5.0):
    """(images, boxes): `frames` BGR images of 320x240 and the target's boxes (N, 4)."""
    rng = np.random.default_rng(seed)
    ground = texture(rng, HEIGHT, WIDTH, 12)
    sizes = rng.integers(32, 52, (others + 1, 2))
    patches = [texture(rng, h, w, 9, 1.3) for w, h in sizes]
    limits = np.array([WIDTH, HEIGHT]) - sizes
    places = rng.uniform(0.1, 0.9, (others + 1, 2)) * limits
    paces = rng.normal(size=(others + 1, 2))
    paces *= speed / np.linalg.norm(paces, axis=1, keepdims=True)
    phases, turns = rng.uniform(0, 2 * np.pi, (others + 1, 3)), rng.uniform(0.15, 0.4, (others + 1, 3))
    images, boxes = [], []
    for t in range(frames):
        image = ground.copy()
        light = LIGHT * np.sin(phases + turns * t)
        for i in (*range(1, others + 1), 0):  # the target last: it is never hidden
            (x, y), (w, h) = places[i].astype(int), sizes[i]
            image[y : y + h, x : x + w] = np.clip(patches[i] * CONTRAST + 128 * (1 - CONTRAST) + light[i], 0, 255)
        images.append(np.clip(image + rng.normal(0, NOISE, image.shape), 0, 255).astype(np.uint8))
        boxes.append([*places[0].astype(int), *sizes[0]])
        outside = (places + paces < 0) | (places + paces > limits)
        paces = np.where(outside, -paces, paces)
        places = places + paces
    return images, np.array(boxes, float)


def tracks(seeds, cache, frames=20):
    """Videos as tracks whose frames live in the cache alone, under keys of their own."""
    found = []
    for seed in seeds:
        images, boxes = video(seed, frames)
        keys = [f"synthetic:{seed}#{i}" for i in range(len(images))]
        for key, image in zip(keys, images):
            cache.put(key, image)
        found.append(Track(f"synthetic-{seed}", f"synthetic:{seed}", "", keys, boxes))
    return found


def write(folder, seed, frames=40):
    """A video as an OTB folder of PNG files; returns its boxes."""
    images, boxes = video(seed, frames)
    os.makedirs(os.path.join(folder, "img"), exist_ok=True)
    for i, image in enumerate(images):
        cv2.imwrite(os.path.join(folder, "img", f"{i + 1:04d}.png"), image)
    np.savetxt(os.path.join(folder, "groundtruth_rect.txt"), boxes, "%g", ",")
    return boxes
