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


def serve(path: str) -> None:
    from awscli import clidriver

    # What a first call would load.
    for service in ("sts", "s3api", "secretsmanager", "ecr", "eks", "ec2", "elbv2", "elasticache", "route53", "acm"):
        clidriver.create_clidriver().session.get_service_model(service if service != "s3api" else "s3")
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
