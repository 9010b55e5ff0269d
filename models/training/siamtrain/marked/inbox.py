"""Tars of a folder, decoded as they come: data may still be on their way when a run begins."""

import glob
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from siamtrain.errors import DataError
from siamtrain.marked import parts

POLL = 0.3  # seconds


class Inbox(threading.Thread):
    """Decodes `wanted` tars of a folder; 0: those that are there now. say takes lines of text.

    first names the tars that are read in place of those, in their order; thin keeps every so many-th frame of clips.
    DataError where nothing is there to wait for, or one of `first` is not.
    """

    def __init__(self, folder, wanted, say, thin=1, first=()):
        super().__init__(daemon=True)
        self.folder, self.say, self.thin = folder, say, thin
        self._first, self._ready, self._sizes, self._done = list(first), [], {}, set()
        missing = [n for n in first if not os.path.exists(os.path.join(folder, n))]
        if missing:
            raise DataError(f"{os.path.join(folder, missing[0])}: the run was trained on it, and it is not there")
        self.wanted = len(first) or wanted or len(self._names())
        if not self.wanted:
            raise DataError(f"{folder}: no tar in it; write some with `python -m siamtrain bundle`")
        self.finished = False

    def _names(self):
        return sorted(os.path.basename(p) for p in glob.glob(os.path.join(glob.escape(self.folder), "*.tar")))

    def take(self):
        """[(name, parts.Part)] of the tars that were decoded since the last call."""
        taken = []
        while self._ready:
            taken.append(self._ready.pop(0))
        return taken

    def empty(self):
        """Whether all wanted tars were decoded and taken."""
        return self.finished and not self._ready

    def run(self):
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            while len(self._done) < self.wanted:
                for name in self._first or self._names():
                    if name not in self._done and self._whole(name):
                        self._decode(name, pool)
                self._first = [n for n in self._first if n not in self._done]
                time.sleep(POLL)
        self.finished = True

    def _whole(self, name):
        """Whether a file no longer grows, as far as two looks at it tell."""
        size = os.path.getsize(os.path.join(self.folder, name))
        before, self._sizes[name] = self._sizes.get(name), size
        return size == before

    def _decode(self, name, pool):
        begin = time.monotonic()
        try:
            self._ready.append((name, parts.read(os.path.join(self.folder, name), pool, self.thin)))
            self.say(f"{name}: read in {time.monotonic() - begin:.1f} s")
        except Exception as err:  # a broken part must not end a run that has others
            self.say(f"{name}: cannot be read: {err!r}")
        self._done.add(name)
