"""Drawn data of every layout, as the tars that trainmarked reads."""

import csv
import os

import cv2

from siamtrain.data import synthetic
from siamtrain.marked import bundle

STILLS, SEQUENCES, FRAMES, CLIP_FRAMES = 6, 3, 12, 16


def draw(folder):
    """Stills with a csv, annotated sequences and a clip with a track; the paths of the data and of the tracks."""
    stills, sequences, clips = (os.path.join(folder, n) for n in ("stills", "sequences", "clips"))
    for path in (stills, sequences, clips):
        os.makedirs(path)
    rows = []
    for number in range(STILLS):
        images, boxes = synthetic.video(100 + number, 1)
        cv2.imwrite(os.path.join(stills, f"{number}.png"), images[0])
        rows.append([f"{number}.png", *boxes[0], "thing" if number % 2 else "other"])
    _write(os.path.join(stills, "boxes.csv"), ["file", "x", "y", "w", "h", "class"], rows)
    for number in range(SEQUENCES):
        synthetic.write(os.path.join(sequences, f"s{number}"), number, FRAMES)
    images, boxes = synthetic.video(50, CLIP_FRAMES)
    video = cv2.VideoWriter(os.path.join(clips, "c.mp4"), cv2.VideoWriter_fourcc(*"mp4v"), 25, (320, 240))
    for image in images:
        video.write(image)
    video.release()
    tracks = os.path.join(folder, "tracks.csv")
    columns = ["clip", "track", "frame", "x", "y", "w", "h"]
    _write(tracks, columns, [["c", 0, i, *box] for i, box in enumerate(boxes)])
    return [os.path.join(stills, "boxes.csv"), sequences, clips], tracks


def _write(path, columns, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(rows)


def write(folder, limit=40 << 20):
    """The same as tars; their folder."""
    paths, tracks = draw(os.path.join(folder, "data"))
    bundle.write(paths, os.path.join(folder, "tars"), limit, tracks)
    return os.path.join(folder, "tars")
