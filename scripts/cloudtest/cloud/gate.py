"""Every request passes here: logged, and refused or held if a test has said so."""

from __future__ import annotations

import io
import json
import re
import threading
import urllib.parse
from dataclasses import dataclass, field

# What a request that nobody released waits at most, in seconds: a test that failed must not hang.
HELD_AT_MOST = 300
CONTROL = "/_cloud/"
# How the requests of the mirror can be told from those of the scripts.
MIRROR = "mirror/1"
READING = re.compile(r"(Get|List|Describe|Head|Batch ?Get|Lookup|Query|Scan|Assume|Simulate)|.*:(GET|HEAD) ")


@dataclass
class Fault:
    """What happens to the requests whose name matches, but for the first `after`, `times` times (0: always)."""

    match: str
    do: str  # refuse | hold | drop
    code: str = "AccessDeniedException"
    message: str = "User: arn:aws:iam::123456789012:user/test is not authorized to perform: {name}"
    status: int = 400
    times: int = 1
    after: int = 0


@dataclass
class Gate:
    """The WSGI application in front of moto."""

    moto: object
    after: object = lambda name, body: None
    before: object = lambda environ, name: None
    faults: list[Fault] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    let_go: threading.Event = field(default_factory=threading.Event)
    drop_held: bool = False
    commands: dict = field(default_factory=dict)

    def __call__(self, environ, start_response):
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(length) if length else b""
        # moto reads it once more.
        environ["wsgi.input"] = io.BytesIO(body)
        path = environ["PATH_INFO"]
        if path.startswith(CONTROL):
            return self.control(path.removeprefix(CONTROL), body, start_response)
        if MIRROR in environ.get("HTTP_USER_AGENT", ""):
            return self.moto(environ, start_response)
        name = name_of(environ, body)
        with self.lock:
            self.log.append(name)
        refused = self.struck(name) or self.before(environ, name)
        if refused:
            return refuse(environ, refused, name, start_response)
        answered = []

        def answer(status, headers, *rest):
            answered.append(int(status.split()[0]))
            return start_response(status, headers, *rest)

        chunks = list(self.moto(environ, answer))
        if answered[0] < 300:
            self.after(name, body)
        return chunks

    def struck(self, name: str) -> Fault | None:
        """The fault that this request meets, if it is to be refused. Holds it first where it is to be held."""
        with self.lock:
            fault = next((each for each in self.faults if re.search(each.match, name)), None)
            if fault and fault.after:
                fault.after -= 1
                return None
            if fault and fault.times:
                fault.times -= 1
                if not fault.times:
                    self.faults.remove(fault)
            if fault and fault.do == "hold":
                self.held.append(name)
        if fault and fault.do == "hold":
            self.let_go.wait(HELD_AT_MOST)
            dropped = Fault(name, "drop", "InternalError", "dropped", 500)
            return dropped if self.drop_held else None
        return fault

    def control(self, command: str, body: bytes, start_response):
        told = json.loads(body or b"{}")
        answer = getattr(self, f"on_{command}", None)
        result = answer(**told) if answer else self.commands[command](**told)
        text = json.dumps(result).encode()
        start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(text)))])
        return [text]

    def on_fault(self, **what):
        with self.lock:
            self.faults.append(Fault(**what))

    def on_mend(self):
        """Nothing is refused or held any more."""
        self.faults = []

    def on_log(self):
        return self.log

    def on_changes(self):
        """The requests that were more than a look, without Terraform's lock."""
        return [name for name in self.log if not READING.match(name.split(".", 1)[1])]

    def on_forget_log(self):
        self.log = []

    def on_held(self):
        return self.held

    def on_release(self, drop=False):
        self.drop_held = drop
        self.let_go.set()

    def forget(self):
        """As new; what is still held is dropped."""
        self.on_release(drop=True)
        with self.lock:
            self.faults, self.log, self.held = [], [], []
            self.let_go, self.drop_held = threading.Event(), False


def service_of(environ) -> str:
    """From the signature: .../REGION/SERVICE/aws4_request."""
    scope = re.search(r"Credential=[^,]*/([a-z0-9-]+)/aws4_request", environ.get("HTTP_AUTHORIZATION", ""))
    return scope[1] if scope else "unsigned"


def name_of(environ, body: bytes) -> str:
    """secretsmanager.PutSecretValue, elasticloadbalancing.DescribeTags, s3.:PUT /bucket/key?versioning"""
    service = service_of(environ)
    target = environ.get("HTTP_X_AMZ_TARGET", "")
    if target:
        return f"{service}.{target.rsplit('.', 1)[1]}"
    form = urllib.parse.parse_qs(body.decode(errors="replace")) if body[:7] == b"Action=" else {}
    if "Action" in form:
        return f"{service}.{form['Action'][0]}"
    query = environ.get("QUERY_STRING", "")
    return f"{service}.:{environ['REQUEST_METHOD']} {environ['PATH_INFO']}{'?' if query else ''}{query}"


def refuse(environ, fault: Fault, name: str, start_response):
    """An error as the service would put it: JSON for some, XML for the others."""
    message = fault.message.format(name=name.replace(".", ":", 1))
    if environ.get("HTTP_X_AMZ_TARGET") or service_of(environ) in ("eks",):
        text = json.dumps({"__type": fault.code, "message": message}).encode()
        kind = "application/x-amz-json-1.1"
    elif service_of(environ) == "s3":
        text = f"<Error><Code>{fault.code}</Code><Message>{message}</Message></Error>".encode()
        kind = "application/xml"
    else:
        text = (
            f"<ErrorResponse><Error><Type>Sender</Type><Code>{fault.code}</Code><Message>{message}"
            "</Message></Error><RequestId>0</RequestId></ErrorResponse>"
        ).encode()
        kind = "application/xml"
    headers = [("Content-Type", kind), ("Content-Length", str(len(text))), ("x-amzn-ErrorType", fault.code)]
    start_response(f"{fault.status} Refused", headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [text]
