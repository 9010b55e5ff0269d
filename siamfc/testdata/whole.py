"""Writes whole.json: what OpenCV makes of squares of a padded picture, for TestCropWholeIsOpenCVs.

Run with any cv2 4 or 5.
"""

import base64
import json

import cv2
import numpy as np

WIDTH, HEIGHT, FILL = 61, 47, (12, 200, 90)
y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
picture = np.stack([(x * 37 + y * 91 + x * y * c * 13 + c * 50) % 256 for c in range(3)], -1).astype(np.uint8)
crops = []
for left, top, side, size in (
    (5, 6, 24, 24),
    (3, 2, 31, 20),
    (10, 7, 9, 24),
    (-9, -4, 40, 24),
    (30, 20, 45, 17),
    (70, 3, 20, 8),
    (4, 1, 16, 8),
    (8, 8, 1, 8),
):
    pad = 80
    padded = cv2.copyMakeBorder(picture, pad, pad, pad, pad, cv2.BORDER_CONSTANT, value=FILL)
    cut = padded[pad + top : pad + top + side, pad + left : pad + left + side]
    crops.append(
        {
            "x": left,
            "y": top,
            "side": side,
            "size": size,
            "pixels": base64.b64encode(cv2.resize(cut, (size, size)).tobytes()).decode(),
        }
    )
with open("whole.json", "w", encoding="utf-8") as file:
    json.dump(crops, file, indent=0)
    file.write("\n")
