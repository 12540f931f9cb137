"""Starts it on a free port of this machine, and prints that port."""

import os

from moto.core.responses import ActionResult
from moto.elasticache.responses import ElastiCacheResponse
from moto.iam.access_control import PermissionResult
from moto.moto_api._internal.models import moto_api_backend
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from moto.s3.models import FakeBucket, s3_backends
from moto.sts.models import STSBackend
from werkzeug.serving import make_server

from . import commands
from .balancers import Going
from .gate import Fault, Gate
from .mirror import ACCOUNT, Mirror


class Quiet(MotoRequestHandler):
    """The gate keeps the log."""

    def log(self, *_):
        pass


def owner_of(path: str) -> str | None:
    account = s3_backends.bucket_accounts.get(path.strip("/").split("/")[0])
    return account[1] if account else None


def strangers_stay_out(environ, name: str) -> Fault | None:
    """What moto does not do: refuses what is done with a bucket of another account."""
    if not name.startswith("s3.:"):
        return None
    owner = owner_of(environ["PATH_INFO"])
    is_of_bucket = "/" not in environ["PATH_INFO"].strip("/")
    is_creation = name.startswith("s3.:PUT") and is_of_bucket and not environ.get("QUERY_STRING")
    if owner in (None, ACCOUNT):
        return None
    if is_creation:
        return Fault(name, "refuse", "BucketAlreadyExists", "The requested bucket name is not available.", 409)
    return Fault(name, "refuse", "AccessDenied", "Access Denied", 403)


def modify_user(self):
    """What moto's ElastiCache cannot do yet: give a user a password."""
    parameters = self._get_params()
    user = self.elasticache_backend.users[parameters["UserId"]]
    user.authentication_type = parameters["AuthenticationMode"]["Type"]
    user.passwords = parameters["AuthenticationMode"]["Passwords"]
    return ActionResult(user)


# moto takes a Deny with a condition for one without. Ours is about TLS, which this server does not speak.
FakeBucket.get_permission = lambda *_: PermissionResult.NEUTRAL


ElastiCacheResponse.modify_user = modify_user


def main() -> None:
    region = os.environ["AWS_REGION"]
    moto = DomainDispatcherApplication(create_backend_app)
    mirror = Mirror(region)
    going = Going(mirror)

    def before(environ, name: str) -> Fault | None:
        going.looked_at(name)
        return strangers_stay_out(environ, name)

    # moto knows no credentials of the account itself.
    somebody = STSBackend.get_caller_identity

    def caller(self, access_key: str, region: str) -> tuple[str, str, str]:
        user, arn, account = somebody(self, access_key, region)
        return user, mirror.caller or arn, account

    STSBackend.get_caller_identity = caller

    def reset() -> None:
        gate.forget()
        moto_api_backend.reset()
        mirror.seen.clear()
        mirror.caller = ""
        going.hosts.clear()

    gate = Gate(moto, after=mirror.after, before=before)
    gate.commands = {"reset": reset, "let_balancer_go": going.let_balancer_go, **commands.of(mirror)}
    server = make_server("127.0.0.1", 0, gate, threaded=True, request_handler=Quiet)
    mirror.port = server.port
    print(server.port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
