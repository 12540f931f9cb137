"""Stands for docker: signs in, builds, and pushes to moto's ECR, with the digest that moto gives."""

import hashlib
import json
import pathlib
import re
import sys

from shared import Refused, flag, json_aws, main, option, state


def login(arguments):
    password = sys.stdin.read().strip()
    if option(arguments, "--username") != "AWS" or not flag(arguments, "--password-stdin") or not password:
        raise Refused("login wants --username AWS and the password on standard input")
    with state("docker") as kept:
        kept.setdefault("registries", []).append(arguments[0])
    print("Login Succeeded")


def build(arguments):
    tag = option(arguments, "--tag", "-t")
    metadata = option(arguments, "--metadata-file")
    builder = option(arguments, "--builder")
    platforms = option(arguments, "--platform", default="")
    labels = [option(arguments, "--label") for _ in range(sum(each == "--label" for each in arguments))]
    provenance, sbom = option(arguments, "--provenance"), option(arguments, "--sbom")
    is_pushed, is_loaded = flag(arguments, "--push"), flag(arguments, "--load")
    if not pathlib.Path(arguments[0], "Dockerfile").exists():
        raise Refused("failed to read dockerfile: open Dockerfile: no such file or directory")
    if len(arguments) != 1:
        raise Refused(f"unknown arguments: {arguments[1:]}")
    if tag.endswith(":latest") or ":" not in tag:
        raise Refused(f"{tag}: a tag that says nothing")
    if is_loaded:
        return print(f"loaded {tag}")
    with state("docker") as kept:
        if builder not in kept.get("builders", []):
            raise Refused(f'no builder "{builder}" found')
        if tag.split("/")[0].split(":")[0] not in kept.get("registries", []):
            raise Refused("push access denied: no basic auth credentials")
    if (provenance, sbom) != ("mode=max", "true") or not is_pushed or not metadata:
        raise Refused("an image without provenance, SBOM or digest")
    if not set(platforms.split(",")) <= {"linux/arm64", "linux/amd64"}:
        raise Refused(f"platforms {platforms}")
    if not any(re.fullmatch(r"org\.opencontainers\.image\.revision=[0-9a-f]{40}.*", each) for each in labels):
        raise Refused("no label says of which commit it is")
    digest = push(tag)
    pathlib.Path(metadata).write_text(json.dumps({"containerimage.digest": digest, "image.name": tag}))
    print(f"pushed {tag}")


def push(tag: str) -> str:
    name, version = tag.rsplit(":", 1)
    # moto makes the digest of an image out of those of its layers.
    content = hashlib.sha256(tag.encode()).hexdigest()
    layer = {"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "size": 1, "digest": f"sha256:{content}"}
    manifest = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": {"mediaType": "application/vnd.oci.image.config.v1+json", "size": 1, "digest": "sha256:" + "1" * 64},
        "layers": [layer],
    }
    answer = json_aws(
        "ecr",
        "AmazonEC2ContainerRegistry_V20150921.PutImage",
        repositoryName="overcookied",
        imageManifest=json.dumps(manifest),
        imageTag=version,
    )
    digest = answer["image"]["imageId"]["imageDigest"]
    with state("docker") as kept:
        kept.setdefault("images", []).append(f"{name}@{digest}")
    return digest


def buildx(arguments):
    order = arguments.pop(0)
    if order == "build":
        return build(arguments)
    if order == "version":
        return print("github.com/docker/buildx v0.24.0")
    with state("docker") as kept:
        builders = kept.setdefault("builders", [])
        if order == "create":
            if option(arguments, "--driver") != "docker-container":
                raise Refused("a builder that can make no SBOM")
            builders.append(option(arguments, "--name"))
        elif order == "inspect" and arguments[0] not in builders:
            raise Refused(f'no builder "{arguments[0]}" found')


def docker(arguments):
    order = arguments.pop(0)
    if order == "info":
        return print("Server Version: 28.0.0")
    return {"login": login, "buildx": buildx}[order](arguments)


main("docker", docker)
