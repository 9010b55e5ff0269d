"""Loading images with a bounded memory of what was decoded."""

import collections
import os

import cv2

from siamtrain.errors import DataError


class ImageCache:
    """Decoded images by path, the least recently used dropped beyond `limit` bytes.

    A path VIDEO#K is frame K of a video.
    """

    def __init__(self, limit=4 << 30):
        self.limit, self.held = limit, 0
        self.images = collections.OrderedDict()

    def load(self, path):
        """The image as (H, W, 3) BGR uint8, not to be written to. DataError names a file that cannot be read."""
        if path in self.images:
            self.images.move_to_end(path)
            return self.images[path]
        image = self._decode(path)
        if image is None:
            raise DataError(f"{path}: missing or not an image; remove its entry or restore the file")
        self.put(path, image)
        return image

    @staticmethod
    def _decode(path):
        """An image file, or the frame of a video that was dropped; None where there is none."""
        video, _, number = path.rpartition("#")
        if not (number.isdigit() and os.path.isfile(video)):
            return cv2.imread(path)
        capture = cv2.VideoCapture(video)
        # Frame by frame: what a video skips to is not the same frame in every container.
        for _ in range(int(number)):
            capture.grab()
        image = capture.read()[1]
        capture.release()
        return image

    def put(self, path, image):
        """Keeps an image that was decoded elsewhere, as frames of a video are."""
        self.images[path] = image
        self.held += image.nbytes
        while self.held > self.limit and len(self.images) > 1:
            _, old = self.images.popitem(last=False)
            self.held -= old.nbytes
