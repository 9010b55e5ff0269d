"""Packs data as tars that train.py reads, each below a limit, with masks: what travels to a machine with a GPU."""

import csv
import glob
import io
import os
import tarfile

import cv2
import numpy as np

from siamtrain.marked import masks

EVERY = 4  # frames from one mask of a track to the next


class Tars:
    """Tars NAME-0.tar, NAME-1.tar ... in a folder, none above `limit` bytes of files."""

    def __init__(self, folder, name, limit):
        self.folder, self.name, self.limit, self.number, self.size, self.tar = folder, name, limit, -1, 0, None
        os.makedirs(folder, exist_ok=True)

    def start(self):
        self.close()
        self.number, self.size = self.number + 1, 0
        self.tar = tarfile.open(f"{self.folder}/{self.name}-{self.number}.tar", "w")

    def has_room(self, size):
        return self.tar is not None and self.size + size <= self.limit

    def add(self, name, data):
        info = tarfile.TarInfo(name)
        info.size = len(data)
        self.tar.addfile(info, io.BytesIO(data))
        self.size += len(data) + 1024

    def close(self):
        if self.tar:
            self.tar.close()
        self.tar = None


def packed(found):
    """The bytes of an npz of masks [(file, row, mask)]."""
    out = io.BytesIO()
    np.savez_compressed(out, of=np.array([f for f, _, _ in found]), row=np.array([r for _, r, _ in found]),
                        mask=np.stack([np.packbits(m) for _, _, m in found]) if found else np.zeros((0, 512), np.uint8))
    return out.getvalue()


def stills(table, folder, limit, known=None):
    """Tars of the images of a csv (file,x,y,w,h,class); known is an npz (`index` of the csv's row, `mask`), else masks are cut."""
    root = os.path.dirname(table)
    by_file = {}
    with open(table) as f:
        for i, row in enumerate(csv.DictReader(f)):
            by_file.setdefault(row["file"], []).append((i, row))
    held = {}
    if known:
        stored = np.load(known)
        held = {int(i): np.unpackbits(m).reshape(64, 64).astype(bool) for i, m in zip(stored["index"], stored["mask"])}
    tars, rows, found = Tars(folder, "stills", limit), [], []

    def finish():
        if tars.tar:
            text = io.StringIO()
            writer = csv.writer(text)
            writer.writerow(["file", "x", "y", "w", "h", "class", "row"])
            writer.writerows(rows)
            tars.add("stills.csv", text.getvalue().encode())
            tars.add("masks.npz", packed(found))
        rows.clear()
        found.clear()

    for file, boxes in sorted(by_file.items()):
        data = open(os.path.join(root, file), "rb").read()
        if not tars.has_room(len(data) + 600 * len(boxes)):
            finish()
            tars.start()
        tars.add(file, data)
        tars.size += 300 * len(boxes)
        image = None
        for i, row in boxes:
            rows.append([file, row["x"], row["y"], row["w"], row["h"], row["class"], i])
            if known:
                mask = held.get(i)
            elif row["x"]:
                image = cv2.imread(os.path.join(root, file)) if image is None else image
                mask = masks.cut(image, [float(row[k]) for k in "xywh"])
            else:
                mask = None
            if mask is not None:
                found.append(("still", i, mask))
    finish()
    tars.close()


def sequences(roots, folder, limit):
    """Tars of OTB-like sequences, with masks of their boxes."""
    tars = Tars(folder, "sequences", limit)
    for root in sorted(roots):
        name, files = os.path.basename(root), sorted(glob.glob(f"{root}/img/*"))
        truth = open(f"{root}/groundtruth_rect.txt").read()
        found = []
        for i, (file, line) in enumerate(zip(files, truth.splitlines())):
            try:
                box = [float(v) for v in line.replace("\t", ",").split(",")[:4]]
            except ValueError:
                continue
            if np.isfinite(box).all():
                mask = masks.cut(cv2.imread(file), box)
                if mask is not None:
                    found.append((name, i, mask))
        datas = [(f"{name}/img/{os.path.basename(f)}", open(f, "rb").read()) for f in files]
        size = sum(len(d) for _, d in datas) + 600 * len(found)
        if not tars.has_room(size):
            tars.start()
        for file, data in [*datas, (f"{name}/groundtruth_rect.txt", truth.encode()), (f"{name}/masks.npz", packed(found))]:
            tars.add(file, data)
    tars.close()


def clips(paths, tracks, folder, limit):
    """Tars of video clips with their tracks (a csv clip,track,frame,x,y,w,h) and masks of those."""
    by_clip = {}
    with open(tracks) as f:
        for row in csv.DictReader(f):
            by_clip.setdefault(row["clip"], []).append(row)
    tars = Tars(folder, "clips", limit)
    for path in sorted(paths):
        name, data = os.path.splitext(os.path.basename(path))[0], open(path, "rb").read()
        rows, found = by_clip.get(name, []), []
        if rows:
            found = _of_clip(path, name, rows)
        if not tars.has_room(len(data) + 60 * len(rows) + 600 * len(found)):
            tars.start()
        tars.add(f"clips/{name}.mp4", data)
        if rows:
            text = io.StringIO()
            writer = csv.DictWriter(text, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
            tars.add(f"clips/{name}.csv", text.getvalue().encode())
            tars.add(f"clips/{name}.npz", packed(found))
    tars.close()


def _of_clip(path, name, rows):
    video, wanted, found, at = cv2.VideoCapture(path), {}, [], 0
    for row in rows:
        if int(row["frame"]) % EVERY == 0:
            wanted.setdefault(int(row["frame"]), []).append(row)
    while True:
        ok, image = video.read()
        if not ok:
            break
        for row in wanted.get(at, ()):
            mask = masks.cut(image, [float(row[k]) for k in "xywh"])
            if mask is not None:
                found.append((f"{name}/{row['track']}", at, mask))
        at += 1
    video.release()
    return found
