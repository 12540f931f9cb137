"""What schemathesis cannot know: how to get a session, and what no schema says of a name, a path and a
cursor. What is wrong with those, the server's own tests try.

Each request has a guest of its own, since some of them delete the account, and since a player may ask
only so often."""

import hashlib
import json
import os
import urllib.request

import schemathesis
from schemathesis import GenerationMode

SERVER = os.environ["REST_FUZZ_SERVER"]
ORIGIN = os.environ["REST_FUZZ_ORIGIN"]
HOST = ORIGIN.removeprefix("http://")


@schemathesis.auth(refresh_interval=None)
class Guest:
    def get(self, case, context):
        request = urllib.request.Request(
            f"{SERVER}/api/auth/guest",
            data=json.dumps({"name": "Fuzzy"}).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)["token"]

    def set(self, case, data, context):
        # At the address that it is known by: elsewhere nobody can be sent to a provider.
        headers = {"Authorization": f"Bearer {data}", "Origin": ORIGIN, "Host": HOST}
        case.headers = {**(case.headers or {}), **headers}


@schemathesis.hook
def before_call(context, case, kwargs):
    """A request that should be accepted gets values that can be."""
    if case.meta is None or case.meta.generation.mode != GenerationMode.POSITIVE:
        return
    if isinstance(case.body, dict) and isinstance(case.body.get("name"), str):
        digest = hashlib.sha256(case.body["name"].encode("utf-8", "surrogatepass")).hexdigest()
        case.body = {**case.body, "name": f"Ж_{digest[:12]}"}
    query = dict(case.query or {})
    query.pop("cursor", None)
    if "next" in query:
        query["next"] = "/play/?a=b"
    case.query = query
