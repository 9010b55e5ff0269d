"""Masks of targets inside their boxes by GrabCut (Rother et al. 2004), and the files that hold them.

They are right more often than not: good enough to put another scene behind a target.
"""

import io

import cv2
import numpy as np

SIDE = 64
LONGEST = 110  # pixels of the picture that is cut
ROOM = 0.35  # of the box's longer side, seen about it
SMALLEST, GREATEST = 0.25, 0.97  # part of the box that a mask covers: beyond them it has failed


def cut(image, box):
    """The mask (64, 64) bool of a box x, y, w, h in a BGR image, None where GrabCut finds none that can be right."""
    x, y, w, h = box
    if min(w, h) < 12:
        return None
    room = ROOM * max(w, h)
    left, top = max(0, int(x - room)), max(0, int(y - room))
    crop = image[top : max(0, int(y + h + room)), left : max(0, int(x + w + room))]
    if min(crop.shape[:2]) < 4:
        return None
    factor = min(1, LONGEST / max(crop.shape[:2]))
    crop = cv2.resize(crop, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    if min(crop.shape[:2]) < 12:
        return None
    x, y = max(0, int((x - left) * factor)), max(0, int((y - top) * factor))
    w, h = min(max(4, int(w * factor)), crop.shape[1] - x), min(max(4, int(h * factor)), crop.shape[0] - y)
    if min(w, h) < 4:
        return None
    mask = np.full(crop.shape[:2], cv2.GC_BGD, np.uint8)
    mask[y : y + h, x : x + w] = cv2.GC_PR_FGD
    mask[y + h // 3 : y + h - h // 3, x + w // 3 : x + w - w // 3] = cv2.GC_FGD
    if (mask == cv2.GC_BGD).sum() < 20:
        return None
    try:
        cv2.grabCut(crop, mask, None, np.zeros((1, 65)), np.zeros((1, 65)), 2, cv2.GC_INIT_WITH_MASK)
    except cv2.error:
        return None
    inside = ((mask == cv2.GC_FGD) | (mask == cv2.GC_PR_FGD))[y : y + h, x : x + w].astype(np.uint8)
    if not SMALLEST < inside.mean() < GREATEST:
        return None
    return cv2.resize(inside * 255, (SIDE, SIDE), interpolation=cv2.INTER_AREA) > 127


def pack(found):
    """The bytes of an npz of masks [(file or track, row, mask (64, 64) bool)]."""
    out = io.BytesIO()
    bits = [np.packbits(m) for _, _, m in found]
    np.savez_compressed(
        out,
        of=np.array([f for f, _, _ in found], str),
        row=np.array([r for _, r, _ in found], np.int64),
        mask=np.stack(bits) if found else np.zeros((0, SIDE * SIDE // 8), np.uint8),
    )
    return out.getvalue()


def unpack(data):
    """{(file or track, row): mask} of the bytes that pack gave."""
    held = np.load(io.BytesIO(data))
    rows = zip(held["of"].tolist(), held["row"].tolist(), held["mask"])
    return {(of, row): np.unpackbits(bits).reshape(SIDE, SIDE).astype(bool) for of, row, bits in rows}


def key(folder, truth):
    """By what the masks of a sequence's ground truth are stored: its folder, or where there are several the file's."""
    stem = truth.rsplit("/", 1)[-1].removesuffix(".txt")
    return folder if stem == "groundtruth_rect" else f"{folder}/{stem}"
