"""Runs the modules of tests beside each other: each has a stage of its own.

What a module prints comes in one piece when it has ended.
"""

from __future__ import annotations

import concurrent.futures
import os
import re
import signal
import subprocess
import sys
import time

from .settings import HERE

# The longest first, so that the last one to end is a short one.
FIRST = ["test_deploying", "test_half_finished", "test_last_results", "test_interrupted", "test_up_and_down"]


def modules() -> list[str]:
    names = sorted(path.stem for path in HERE.glob("test_*.py"))
    return sorted(names, key=lambda name: FIRST.index(name) if name in FIRST else len(FIRST))


def run(module: str) -> tuple[str, float, subprocess.CompletedProcess]:
    began = time.monotonic()
    command = [sys.executable, "-m", "unittest", "-v", *sys.argv[1:], f"cloudtest.{module}"]
    ended = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return module, time.monotonic() - began, ended


def main() -> int:
    # Whoever starts this in the background has let it ignore Ctrl-C, and all that it starts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    failed, tests, began = [], 0, time.monotonic()
    # One more than there are processors: a module often waits for something.
    with concurrent.futures.ThreadPoolExecutor(min(4, 1 + (os.cpu_count() or 2))) as pool:
        for done in concurrent.futures.as_completed(pool.submit(run, name) for name in modules()):
            module, seconds, ended = done.result()
            print(f"\n== {module} ({seconds:.0f} s)\n{ended.stdout}", flush=True)
            ran = re.search(r"^Ran (\d+) tests?", ended.stdout, re.M)
            tests += int(ran[1]) if ran else 0
            # 5: no test of this module was asked for.
            if ended.returncode not in (0, 5):
                failed.append(module)
    print(f"cloud-test: {tests} tests in {time.monotonic() - began:.0f} s; failed: {', '.join(failed) or 'none'}")
    return 1 if failed or not tests else 0


if __name__ == "__main__":
    sys.exit(main())
