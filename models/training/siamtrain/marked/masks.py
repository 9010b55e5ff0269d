"""Masks of targets inside their boxes by GrabCut (Rother et al. 2004), right more often than not: for scenes put behind them."""

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
    crop = image[top:max(0, int(y + h + room)), left:max(0, int(x + w + room))]
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
    mask[y:y + h, x:x + w] = cv2.GC_PR_FGD
    mask[y + h // 3:y + h - h // 3, x + w // 3:x + w - w // 3] = cv2.GC_FGD
    if (mask == cv2.GC_BGD).sum() < 20:
        return None
    try:
        cv2.grabCut(crop, mask, None, np.zeros((1, 65)), np.zeros((1, 65)), 2, cv2.GC_INIT_WITH_MASK)
    except cv2.error:
        return None
    inside = ((mask == cv2.GC_FGD) | (mask == cv2.GC_PR_FGD))[y:y + h, x:x + w].astype(np.uint8)
    if not SMALLEST < inside.mean() < GREATEST:
        return None
    return cv2.resize(inside * 255, (SIDE, SIDE), interpolation=cv2.INTER_AREA) > 127
