"""The log each web process appends its hits to; the worker loads it into the database.

A hit is with the kernel before the page is answered, and on disk within a second. So killing a
process loses nothing that was answered; a power cut may lose the hits of the last second.
"""

import fcntl
import logging
import os
import secrets
import threading
import time
from functools import cache
from pathlib import Path

ENDING = ".log"
LARGEST = 8 * 2**20  # bytes
LONGEST = 600.0  # seconds, after which a segment is closed and the next begins
SYNC_EVERY = 0.8  # seconds


class ClickLog:
    """One process's way into a folder of segments. Its threads share one open segment."""

    def __init__(self, folder: Path):
        self.folder = folder
        self._lock = threading.Lock()
        self._file = -1
        self._opened = 0.0
        self._written = 0
        self._closing: list[int] = []  # segments that are full, until they are on disk
        self._unsynced = threading.Event()
        self._failing = False
        threading.Thread(target=self._keep_synced, name="click-log", daemon=True).start()

    def append(self, line: bytes) -> None:
        """Hand one line to the kernel. A full disk loses it, and no one waits for it."""
        try:
            with self._lock:
                if self._is_over():
                    self._begin_segment()
                written = os.write(self._file, line)
                self._written += written
                if written < len(line):
                    self._end_segment()  # half a line may only stand at the end
                    raise OSError("the disk took half a line")
        except OSError as error:
            self._complain(error)
            return
        self._failing = False
        if not self._unsynced.is_set():
            self._unsynced.set()

    def _is_over(self) -> bool:
        return (
            self._file < 0 or self._written > LARGEST or time.monotonic() - self._opened > LONGEST
        )

    def _begin_segment(self) -> None:
        """Open the next file, which is ours for as long as we hold its lock.

        It gets its name only then, so that a loader never takes it for one left behind.
        """
        self._end_segment()
        self.folder.mkdir(parents=True, mode=0o700, exist_ok=True)
        path = self.folder / f"{time.time_ns()}-{os.getpid()}-{secrets.token_hex(4)}"
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX)
        path.rename(path.with_suffix(ENDING))
        self._opened, self._written = time.monotonic(), 0

    def _end_segment(self) -> None:
        if self._file >= 0:
            self._closing.append(self._file)
            self._file = -1

    def _keep_synced(self) -> None:
        """In a thread of its own, so that no visitor waits for the disk."""
        while True:
            self._unsynced.wait()
            self._unsynced.clear()
            with self._lock:
                files, self._closing = self._closing, []
                if self._file >= 0:
                    files.append(os.dup(self._file))
            try:
                sync([*files, os.open(self.folder, os.O_RDONLY)])
            except OSError as error:
                self._complain(error)
            time.sleep(SYNC_EVERY)

    def _complain(self, error: OSError) -> None:
        if not self._failing:
            self._failing = True
            logging.getLogger("goodword").error("visits are not being recorded: %s", error)


def sync(files: list[int]) -> None:
    """Wait until these are on disk, and close them."""
    for file in files:
        try:
            os.fsync(file)
        finally:
            os.close(file)


log_in = cache(ClickLog)
os.register_at_fork(after_in_child=log_in.cache_clear)  # a segment belongs to one process
