"""What a person is told in one line."""


class RigError(Exception):
    """Something that the rig cannot do, said so that a person knows why."""
