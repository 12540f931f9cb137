#!/usr/bin/env python3
"""Stands in for the server where the rig itself is tested: tells how it was started, and whether
it reaches Valkey and DynamoDB. It plays no game, so no promise of the server is tested with it."""

import http.server
import json
import os
import pathlib
import signal
import sys
import urllib.parse
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent.parent))

from clusterlib.dynamodb import AUTHORIZATION
from clusterlib.resp import Client


class Pod(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        answers = {"/health/ready": "ready", "/env": json.dumps(dict(os.environ))}
        if self.path == "/dynamodb":
            answers["/dynamodb"] = put(os.urandom(4).hex())
        # Where no answer is expected nobody wants to wait for it long.
        within = {"/valkey": 20, "/valkey/briefly": 0.5}.get(self.path)
        text = ping(within) if within else answers.get(self.path)
        self.send_response(404 if text is None else 200)
        self.end_headers()
        self.wfile.write((text or "").encode())

    def log_message(self, *_):
        """Says nothing about requests."""


def ping(within: float) -> str:
    url = urllib.parse.urlsplit(os.environ["VALKEY_URL"].split(",")[0])
    try:
        where = (url.hostname or "", url.port or 6379, url.password or "")
        with Client(*where, timeout=within) as client:
            return client.call("PING")
    except OSError as error:
        return f"cut: {error}"


def put(name: str) -> str:
    """An item of this name, by way of a transaction."""
    item = {"GameID": {"S": name}, "PlayerID": {"S": os.environ["DATA_DIR"]}}
    put = {"TableName": table(), "Item": item}
    try:
        dynamodb("TransactWriteItems", TransactItems=[{"Put": put}])
    except OSError as error:
        return f"cut: {error}"
    return name


def make_table():
    keys = ("GameID", "HASH"), ("PlayerID", "RANGE")
    dynamodb(
        "CreateTable",
        TableName=table(),
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in keys],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name, _ in keys],
    )


def table() -> str:
    return os.environ["DYNAMODB_TABLE_PREFIX"] + "Games"


def dynamodb(call: str, **arguments) -> bytes:
    headers = {
        "X-Amz-Target": f"DynamoDB_20120810.{call}",
        "Content-Type": "application/x-amz-json-1.0",
        "Authorization": AUTHORIZATION,
    }
    body = json.dumps(arguments).encode()
    where = os.environ["AWS_ENDPOINT_URL_DYNAMODB"]
    request = urllib.request.Request(where, body, headers)
    with urllib.request.urlopen(request, timeout=3) as answer:
        return answer.read()


def main():
    if sys.argv[1:] == ["tables", "create"]:
        return make_table()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    if "FAIL_AT_START" in os.environ:
        sys.exit("told to fail")
    where = (os.environ["HOST"], int(os.environ["PORT"]))
    http.server.ThreadingHTTPServer(where, Pod).serve_forever()


main()
