"""The image as it runs: buildah puts the last stage of the Dockerfile together from nothing, with the real server and
the libraries that it wants, and starts it as the image says, as its user.

The base image cannot be had everywhere; what it would bring (the C library, a list of users) is taken from this
machine instead. Whatever else the last stage says is the Dockerfile's own.
"""

from __future__ import annotations

import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

from .docker import last_stage
from .found import Found, Skipped, report
from .stage import clean, free_port, read, status, until
from .tools import ROOT, pass_or_report, say, server, tool
from .tree import Tree

STAGE = re.compile(r"COPY --from=(\w+) ((?:--\S+ )*)(\S+) (\S+)")


def check_image(tree: Tree) -> str:
    if os.geteuid() != 0:
        raise Skipped("buildah puts images together as root alone; run this as root to see it start")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        build = Build(folder, tool("buildah"))
        build.stages(last_stage(tree.read("Dockerfile")))
        try:
            build.make()
            return build.run()
        finally:
            build.clean_up()


class Build:
    def __init__(self, folder: pathlib.Path, buildah: str):
        self.folder = folder
        storage = ("--root", folder / "storage", "--runroot", folder / "run", "--storage-driver", "vfs")
        self.buildah = (buildah, *storage)

    def stages(self, stage: str) -> None:
        """What the earlier stages would have made, and the Dockerfile of the last one alone."""
        for _, _, source, _ in STAGE.findall(stage):
            target = self.folder / "made" / source.lstrip("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            _provide(source, target)
        _libraries(server(), self.folder / "made/base")
        copied = STAGE.sub(r"COPY \2\3 \4", stage)
        (self.folder / "Dockerfile").write_text(f"FROM scratch\nCOPY base /\n{copied}")

    def make(self) -> None:
        made = self.folder / "made"
        pass_or_report(say(*self.buildah, "bud", "--isolation", "chroot", "--tag", "server",
                           "--file", self.folder / "Dockerfile", made))

    def run(self) -> str:
        """Starts it as the image says, and asks how it is."""
        config = json.loads(pass_or_report(say(*self.buildah, "inspect", "--type", "image", "server")))
        config = config["OCIv1"]["config"]
        report(_faults(config))
        name = pass_or_report(say(*self.buildah, "from", "--pull-never", "localhost/server")).split()[-1]
        port, log = free_port(), self.folder / "log"
        # On this machine alone, and not on the ports that others may have.
        local = {"HOST": "127.0.0.1", "PORT": str(port), "METRICS_PORT": "0"}
        options = [word for pair in local.items() for word in ("--env", "=".join(pair))]
        command = [*map(str, self.buildah), "run", "--isolation", "chroot", *options, name, "--", *config["Entrypoint"]]
        with open(log, "wb") as out:
            process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                                       env=clean(), start_new_session=True)
        try:
            url = f"http://127.0.0.1:{port}"
            until(lambda: status(f"{url}/health/ready") == 200, "the image does not start", log, process)
            report([] if "<html" in read(f"{url}/") else ["the image has no pages"])
            return f"user {_user_of(port)}, entry {config['Entrypoint'][0]}"
        finally:
            os.killpg(process.pid, 9)
            process.wait()

    def clean_up(self) -> None:
        say(*self.buildah, "rm", "--all")
        say(*self.buildah, "rmi", "--all", "--force")


def _provide(source: str, target: pathlib.Path) -> None:
    """The server without its line numbers, as the builder strips it; the pages; an empty folder."""
    if source.endswith("/overcookied"):
        shutil.copy(server(), target)
        if shutil.which("strip"):
            pass_or_report(say("strip", "--strip-debug", target))
    elif source.endswith("/frontend/out"):
        pages = ROOT / "frontend/out"
        if not (pages / "index.html").exists():
            raise Found(["there are no pages: ./scripts/build-pages"])
        shutil.copytree(pages, target)
    else:
        target.mkdir(parents=True)


def _libraries(binary: pathlib.Path, base: pathlib.Path) -> None:
    """What the base image brings: shared libraries, where they are looked for, and the user."""
    wanted = re.findall(r"(/\S+\.so[\w.]*)", pass_or_report(say("ldd", binary)))
    report([] if wanted else ["the server wants no libraries: then it needs no base image"])
    for path in wanted:
        target = base / path.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    (base / "etc").mkdir()
    (base / "etc/passwd").write_text("nonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n")
    (base / "etc/group").write_text("nonroot:x:65532:\n")
    (base / "tmp").mkdir(mode=0o1777)


def _faults(config: dict):
    if not re.fullmatch(r"[1-9]\d*:[1-9]\d*", config.get("User", "")):
        yield f"the image runs as {config.get('User') or 'root'}"
    if len(config.get("Entrypoint") or []) != 1:
        yield "the image has no entry point that is a program, and nothing else"


def _user_of(port: int) -> int:
    """Who listens at a port, as the kernel sees it."""
    listening = f":{port:04X}"
    for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[1].endswith(listening) and fields[3] == "0A":
            if int(fields[7]) == 0:
                raise Found(["the image runs as root"])
            return int(fields[7])
    raise Found(["nobody listens any more"])
