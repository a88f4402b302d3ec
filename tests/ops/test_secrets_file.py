"""The demo's secrets are made once, kept, and readable by their owner only."""

import socket
import stat

from ops import secrets_file
from povertyops.env import Env


def test_secrets_are_kept(tmp_path):
    path = tmp_path / "var" / "demo.env"
    first = secrets_file.complete({})
    secrets_file.write(path, first)
    assert secrets_file.complete(secrets_file.read(path)) == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_secrets_satisfy_the_settings():
    env = Env(secrets_file.complete({}))
    assert env.text("SECRET_KEY", min_length=50)
    assert list(env.keyring("NID_KEYS")) == ["demo"]
    assert len(env.key("NID_INDEX_KEY")) == 32


def test_taken_port_is_exchanged():
    values = secrets_file.complete({})
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", int(values["POSTGRES_PORT"])))
        taken.listen()
        again = secrets_file.complete(values)
    assert again["POSTGRES_PORT"] != values["POSTGRES_PORT"]
    assert again["VALKEY_PORT"] == values["VALKEY_PORT"]
