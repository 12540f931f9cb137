"""What a rig must remember between two commands: one JSON file in its folder."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pathlib
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from . import processes
from .errors import RigError
from .processes import Program

FORMAT = 1


class State:
    """The folder of a rig and what is written in its `rig.json`. Safe to share between threads."""

    def __init__(self, folder: pathlib.Path):
        self.folder = folder.absolute()
        self.file = self.folder / "rig.json"
        self._data: dict[str, Any] = {}
        self._lock = threading.RLock()

    def read(self) -> bool:
        """Reads the file again. False if there is none."""
        try:
            found = json.loads(self.file.read_text())
        except FileNotFoundError:
            return False
        if found.get("format") != FORMAT:
            raise RigError(f"{self.file} was written by another version; remove {self.folder}")
        with self._lock:
            self._data = found
        return True

    def begin(self, **values: Any) -> None:
        """Begins a new file with these values."""
        with self._lock:
            self._data = {"format": FORMAT, "programs": {}, **values}
            self._write()

    def forget_all(self) -> None:
        """Removes the file: nothing runs any more."""
        with self._lock:
            self._data = {}
            self.file.unlink(missing_ok=True)

    def get(self, name: str, default: Any = None) -> Any:
        with self._lock:
            return self._data.get(name, default)

    def put(self, name: str, value: Any) -> None:
        with self._lock:
            self._data[name] = value
            self._write()

    def put_in(self, name: str, key: object, value: Any) -> None:
        """Sets one entry of a dictionary."""
        with self._lock:
            self._data.setdefault(name, {})[str(key)] = value
            self._write()

    def log(self, name: str) -> pathlib.Path:
        """The file with what a program said."""
        return self.folder / "logs" / f"{name}.log"

    def launch(
        self,
        name: str,
        command: Sequence[str | os.PathLike[str]],
        env: Mapping[str, str] | None = None,
        cwd: pathlib.Path | None = None,
    ) -> Program:
        """Starts a program and remembers it under this name, which must be free."""
        running = self.program(name)
        if running is not None and running.alive():
            raise RigError(f"{name} runs already (process {running.pid})")
        program = processes.start(command, self.log(name), env, cwd)
        with self._lock:
            self._data["programs"][name] = [program.pid, program.started]
            self._write()
        return program

    def program(self, name: str) -> Program | None:
        """The program last started under a name, alive or not."""
        with self._lock:
            found = self._data.get("programs", {}).get(name)
        return Program(*found) if found else None

    def programs(self) -> dict[str, Program]:
        """All of them, in the order in which they were first started."""
        with self._lock:
            found = dict(self._data.get("programs", {}))
        return {name: Program(*what) for name, what in found.items()}

    def said(self, name: str, most: int = 2000) -> str:
        """The end of what a program said."""
        with contextlib.suppress(FileNotFoundError), self.log(name).open("rb") as log:
            log.seek(max(0, log.seek(0, os.SEEK_END) - most))
            return log.read().decode(errors="replace")
        return ""

    def _write(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        draft = self.file.with_suffix(".draft")
        # It holds the password of this rig's Valkey.
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
            json.dump(self._data, out, indent=1)
        draft.replace(self.file)


@contextlib.contextmanager
def exclusive(folder: pathlib.Path, within: float = 60) -> Iterator[None]:
    """Holds a folder against whoever else holds it this way. No file is made in it."""
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY)
    end = time.monotonic() + within
    try:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > end:
                    raise RigError(f"another command is at work (it holds {folder})") from None
                time.sleep(0.05)
        yield
    finally:
        os.close(handle)
