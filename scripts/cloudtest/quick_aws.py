"""The real AWS command line, without the second that it takes to start: loaded once, forked for each call.

    quick_aws.py serve SOCKET     by the Python that has awscli; prints a line when it listens
    quick_aws.py SOCKET ARGS...   a call, with this process's streams, folder and environment
"""

import json
import os
import signal
import socket
import sys
import threading

LINE = 1 << 20


# One look at each service that the scripts use.
LOOKS = (
    "sts get-caller-identity",
    "s3api list-buckets",
    "secretsmanager list-secrets",
    "ecr describe-repositories",
    "eks list-clusters",
    "ec2 describe-instances",
    "elbv2 describe-load-balancers",
    "elasticache describe-users",
    "route53 list-hosted-zones",
    "acm list-certificates",
)


def serve(path: str) -> None:
    from awscli import clidriver

    warm_up(clidriver)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(64)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    print("listening", flush=True)
    while True:
        connection, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            carry_out(connection, clidriver)
        connection.close()


def warm_up(clidriver) -> None:
    """What each call would load anew: the descriptions of services, and what is imported on the way."""
    import botocore.session

    loader = botocore.session.create_loader(os.environ["AWS_DATA_PATH"])
    botocore.session.create_loader = lambda *_: loader
    nobody = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_EC2_METADATA_DISABLED": "true"}
    # Port 9 is nobody's: each call is refused at once, having loaded all that it needs.
    nowhere = {"AWS_DEFAULT_REGION": "eu-central-1", "AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_MAX_ATTEMPTS": "1"}
    os.environ.update(**nobody, **nowhere)
    words = os.dup(2)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    for look in LOOKS:
        sys.argv = ["aws", *look.split()]
        try:
            clidriver.main()
        except SystemExit:
            pass
    os.dup2(words, 2)


def carry_out(connection: socket.socket, clidriver) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    text, streams, _, _ = socket.recv_fds(connection, LINE, 3)
    call = json.loads(text)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    # awscli has put there where its own data is, when it was loaded.
    data = os.environ["AWS_DATA_PATH"]
    os.environ.clear()
    os.environ.update(call["environment"], AWS_DATA_PATH=data)
    os.chdir(call["folder"])
    threading.Thread(target=end_with, args=[connection], daemon=True).start()
    sys.argv = ["aws", *call["arguments"]]
    try:
        status = clidriver.main() or 0
    except SystemExit as end:
        status = end.code or 0
    sys.stdout.flush()
    sys.stderr.flush()
    connection.send(bytes([status & 255]))
    os._exit(0)


def end_with(connection: socket.socket) -> None:
    """Whoever called is gone: Ctrl-C, or killed."""
    if not connection.recv(1):
        os._exit(130)


def call(path: str, arguments: list[str]) -> int:
    what = {"arguments": arguments, "environment": dict(os.environ), "folder": os.getcwd()}
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(path)
        socket.send_fds(connection, [json.dumps(what).encode()], [0, 1, 2])
        try:
            status = connection.recv(1)
        except KeyboardInterrupt:
            return 130
    return status[0] if status else 1


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(sys.argv[2])
    sys.exit(call(sys.argv[1], sys.argv[2:]))
