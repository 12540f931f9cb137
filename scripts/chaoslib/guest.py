"""Somebody who is signed in and asks, past the balancer."""

from __future__ import annotations

import http.client
import json

from clusterlib.errors import RigError
from clusterlib.pods import Pod

WITHIN = 5.0


class Guest:
    """A player with a session, which every pod knows by the key that all share."""

    def __init__(self, token: str):
        self._token = token

    @classmethod
    def sign_in(cls, pod: Pod, name: str = "guest of chaos") -> Guest:
        body = json.dumps({"name": name})
        headers = {"Content-Type": "application/json"}
        status, text = _ask(pod, "POST", "/api/auth/guest", headers, body)
        if status != 201:
            raise RigError(f"{pod.name} answers {status} to who signs in: {text[:200]}")
        return cls(json.loads(text)["token"])

    def get(self, pod: Pod, path: str) -> int | str:
        """The status of the answer; without one, in a word why."""
        try:
            return _ask(pod, "GET", path, {"Authorization": f"Bearer {self._token}"})[0]
        except (OSError, http.client.HTTPException) as error:
            return type(error).__name__


def _ask(
    pod: Pod, method: str, path: str, headers: dict[str, str], body: str | None = None
) -> tuple[int, str]:
    connection = http.client.HTTPConnection(pod.address, pod.port, timeout=WITHIN)
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode(errors="replace")
    finally:
        connection.close()
