"""PostgreSQL and Redis for tests: real ones, on free ports, in folders of their own.

They are needed, not wished for: a test that finds no PostgreSQL or Redis fails.
Debian: `apt-get install postgresql redis-server`.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def program(name: str, package: str) -> str:
    """The path of a program, also where Debian keeps PostgreSQL's."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    path = os.pathsep.join([os.environ.get("PATH", ""), *map(str, folders)])
    found = shutil.which(name, path=path)
    if found is None:
        pytest.fail(f"{name} is not installed; these tests need it: apt-get install {package}")
    return found


def wait_for_port(port: int, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if time.monotonic() > end:
                pytest.fail(f"Nothing listens on port {port} after {seconds} s.")
            time.sleep(0.05)


class Postgres:
    """A PostgreSQL server with an empty database `chats`."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"postgresql://faqbot@127.0.0.1:{self.port}/chats"
        self._folder = Path(tempfile.mkdtemp(prefix="faqbot-postgres-"))
        self._data = self._folder / "data"
        # PostgreSQL refuses to run as root.
        self._as: list[str] = []
        if os.geteuid() == 0:
            account = pwd.getpwnam("postgres")
            os.chown(self._folder, account.pw_uid, account.pw_gid)
            self._as = [program("runuser", "util-linux"), "-u", "postgres", "--"]
        self._run("initdb", "-D", str(self._data), "-U", "faqbot", "-A", "trust", "--no-sync")
        self.start()
        create = [program("createdb", "postgresql"), "-h", "127.0.0.1", "-p", str(self.port)]
        subprocess.run([*create, "-U", "faqbot", "chats"], check=True, capture_output=True)

    def start(self) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=''"
        log = str(self._folder / "log")
        self._run("pg_ctl", "-D", str(self._data), "-w", "-l", log, "-o", options, "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", str(self._data), "-w", "-m", "fast", "stop")

    def freeze(self) -> None:
        """Neither answers nor refuses, as on a machine that hangs."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def remove(self) -> None:
        self._run("pg_ctl", "-D", str(self._data), "-w", "-m", "immediate", "stop")
        shutil.rmtree(self._folder, ignore_errors=True)

    def _signal(self, number: signal.Signals) -> None:
        postmaster = int((self._data / "postmaster.pid").read_text().split()[0])
        for process in (postmaster, *children_of(postmaster)):
            os.kill(process, number)

    def _run(self, name: str, *arguments: str) -> None:
        command = [*self._as, program(name, "postgresql"), *arguments]
        done = subprocess.run(
            command,
            cwd=self._folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        assert done.returncode == 0, f"{name} failed"


class Redis:
    """A Redis server that keeps nothing on disk."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        command = [program("redis-server", "redis-server"), "--port", str(self.port)]
        self._process = subprocess.Popen(
            [*command, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
            stdout=subprocess.DEVNULL,
            cwd=tempfile.gettempdir(),
        )
        wait_for_port(self.port)

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()

    def freeze(self) -> None:
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._process.send_signal(signal.SIGCONT)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    server = Postgres()
    yield server
    server.remove()


@pytest.fixture
def redis() -> Iterator[Redis]:
    server = Redis()
    yield server
    server.stop()


def children_of(process: int) -> list[int]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        if parent == process:
            found.append(int(folder.name))
    return found
