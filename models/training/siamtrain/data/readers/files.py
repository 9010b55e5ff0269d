"""Looking at image files without decoding them whole."""

import os

import cv2

IMAGES = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff", ".ppm", ".pgm")  # as the Go program


def images_in(folder):
    """The image files of a folder, sorted by name."""
    return sorted(os.path.join(folder, n) for n in os.listdir(folder) if n.lower().endswith(IMAGES))


def size_of(path):
    """(width, height) of an image file, or None where it is missing or no image."""
    if not os.path.isfile(path):
        return None
    head = _webp_size(path)
    if head:
        return head
    image = cv2.imread(path)
    return None if image is None else (image.shape[1], image.shape[0])


def _webp_size(path):
    """Size of a lossy WebP from its first 30 bytes (RFC 6386, section 9.1), None for anything else."""
    with open(path, "rb") as file:
        head = file.read(30)
    if len(head) < 30 or head[:4] != b"RIFF" or head[8:16] != b"WEBPVP8 ":
        return None
    return int.from_bytes(head[26:28], "little") & 0x3FFF, int.from_bytes(head[28:30], "little") & 0x3FFF
