"""Unlabelled data: a folder of images or of video clips, for training without labels."""

import glob
import os

from siamtrain.data.readers.files import images_in
from siamtrain.data.track import Found, Track

NAME = "folder of unlabelled images or clips"
VIDEOS = (".mp4", ".avi", ".mkv", ".webm", ".mov")


def matches(path):
    """A folder without annotation files; asked before the annotated layouts, so it must be sure."""
    if not os.path.isdir(path) or glob.glob(os.path.join(glob.escape(path), "groundtruth*")):
        return False
    names = [n.lower() for n in os.listdir(path)]
    return not any(n.endswith(".xml") for n in names) and any(
        n.endswith(VIDEOS) or n.endswith((".jpg", ".jpeg", ".png", ".webp", ".bmp")) for n in names
    )


def read(path):
    """Images go to `unlabelled`; a clip is one unlabelled track whose only file is the video."""
    found = Found(unlabelled=images_in(path))
    for name in sorted(os.listdir(path)):
        if name.lower().endswith(VIDEOS):
            file = os.path.join(path, name)
            found.tracks.append(Track(name, file, "", [file]))
    return found
