"""The Dockerfile: hadolint, and that what it copies is all that the server is made of."""

from __future__ import annotations

import os
import pathlib
import re
import tempfile

from .found import Skipped, report
from .tools import ROOT, pass_or_report, say, tool
from .tree import Tree


def check_dockerfile(tree: Tree) -> str:
    pass_or_report(say(tool("hadolint"), "--no-color", tree.path("Dockerfile")))
    report(_unpinned(tree.read("Dockerfile")))
    return "hadolint"


def _unpinned(text: str):
    """Base images are named with a version, and the last stage has a user who is a number."""
    for image in re.findall(r"^FROM (?:--platform=\S+ )?(\S+)", text, re.M):
        is_stage = re.search(rf"^FROM .* AS {re.escape(image)}$", text, re.M)
        if not is_stage and (":" not in image or image.endswith(":latest")):
            yield f"Dockerfile: {image} has no version"
    last = last_stage(text)
    if not re.search(r"^USER \d+:\d+$", last, re.M):
        yield "Dockerfile: who runs the server is no number, so Kubernetes cannot tell that it is not root"
    if re.search(r"^RUN ", last, re.M):
        yield "Dockerfile: the last stage runs something: that is emulated for the other platform, and needs a shell"


def last_stage(text: str) -> str:
    """The stage that runs, without its FROM."""
    return text[text.rindex("\nFROM ") + 1 :].split("\n", 1)[1]


def made_of(dep_info: str, source: pathlib.Path) -> set[str]:
    """The files that a server was built from, as cargo has written them down, relative to the repository."""
    paths = dep_info.split(": ", 1)[1].replace("\\ ", "\0").split()
    inside = (pathlib.Path(path.replace("\0", " ")) for path in paths)
    return {str(path.relative_to(source)) for path in inside if path.is_relative_to(source)}


def context(tree: Tree, copied: str = ".") -> set[str]:
    """The files that a builder is given, as buildah reads .dockerignore."""
    buildah = tool("buildah")
    with tempfile.TemporaryDirectory() as folder:
        storage = ["--root", f"{folder}/root", "--runroot", f"{folder}/run", "--storage-driver", "vfs"]
        dockerfile = pathlib.Path(folder) / "Dockerfile"
        dockerfile.write_text(f"FROM scratch\nCOPY {copied} /\n")
        done = say(
            buildah, *storage, "bud", "--isolation", "chroot", "--tag", "context", "--file", dockerfile,
            "--ignorefile", tree.path(".dockerignore"), tree.root,
        )
        pass_or_report(done)
        name = pass_or_report(say(buildah, *storage, "from", "--pull-never", "localhost/context")).split()[-1]
        root = pathlib.Path(pass_or_report(say(buildah, *storage, "mount", name)).split()[-1])
        try:
            return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}
        finally:
            say(buildah, *storage, "umount", name)


def check_context(tree: Tree) -> str:
    """Nothing that the server is made of is ignored, and nothing that is secret or large gets in."""
    if os.geteuid() != 0:
        raise Skipped("buildah needs root here")
    given = context(tree)
    needed = {"Cargo.toml", "Cargo.lock", "frontend/package.json", "frontend/package-lock.json"}
    written = ROOT / "target/release/overcookied.d"
    if written.exists():
        needed |= {name for name in made_of(written.read_text(), ROOT) if (ROOT / name).exists()}
    report(f".dockerignore keeps {name} from the builder" for name in sorted(needed - given))
    stray = re.compile(r"^(target|\.git|\.tools|artifacts|terraform|k8s)/|node_modules/|\.env$|\.pem$|\.log$")
    report(f".dockerignore lets {name} through" for name in sorted(given) if stray.search(name))
    return f"{len(given)} files are given to the builder, {len(needed)} of them looked for"
