"""Where the server's processor time goes, by perf's samples."""

import collections
import re
import shutil
import subprocess
import tempfile

# The first pattern that fits names the place; callers are not looked at.
PLACES = [
    ("SQLite", r"sqlite3|pager|^wal[A-Z]|btree|vdbe|pcache"),
    ("kernel: network", r"\b_*(tcp|inet|ip|sock|skb|net|dev|loopback|nf|sk|napi|bbr)_|_skb|sockfd|fdget|fput"),
    ("kernel: files and disk", r"ext4|vfs_|jbd2|blk_|fsync|file_|folio|filemap|overlay|pwrite"),
    # Where there is no hardware counter, what runs with interrupts off is seen where they are
    # switched on again: at the end of a switch between threads and of waking one.
    ("kernel: switching, waking, polling",
     r"finish_task_switch|_raw_spin_unlock_irq|epoll|sched|futex|wake|eventfd|timer"),
    ("JSON", r"serde|itoa|ryu|fmt::"),
    ("memory", r"malloc|free$|realloc|calloc|memcpy|memmove|memset|alloc::|drop_in_place"),
    ("actix and WebSocket", r"actix"),
    ("tokio", r"tokio|mio::"),
    ("Overcookied", r"overcookied"),
]


def start(pid, seconds):
    """Samples a process for some seconds; `None` where perf is missing or not allowed."""
    if shutil.which("perf") is None:
        return None
    file = tempfile.NamedTemporaryFile(suffix=".perf")
    command = ["perf", "record", "-q", "-F", "499", "-p", pid, "-o", file.name]
    process = subprocess.Popen(
        list(map(str, [*command, "--", "sleep", seconds])),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return process, file


def finish(started):
    """Shares by place, and the heaviest symbols; `None` when perf gave nothing."""
    if started is None:
        return None
    process, file = started
    process.wait(120)
    report = subprocess.run(
        ["perf", "report", "-i", file.name, "--stdio", "--no-children", "-g", "none",
         "--sort", "dso,symbol", "-w", "0,0"],
        capture_output=True, text=True,
    )
    rows = re.findall(r"^\s*([\d.]+)%\s+(\S+)\s+\[(.)\]\s+(.+?)\s*$", report.stdout, re.M)
    if not rows:
        return None
    places, symbols = collections.Counter(), []
    for share, _, space, symbol in rows:
        symbol = re.sub(r"\s+-\s.*$", "", symbol)
        places[place(space, symbol)] += float(share)
        symbols.append((float(share), symbol))
    return places.most_common(), symbols[:15]


def place(space, symbol):
    for name, pattern in PLACES:
        if name.startswith("kernel") and space != "k":
            continue
        if re.search(pattern, symbol):
            return name
    return "kernel: other" if space == "k" else "other"
