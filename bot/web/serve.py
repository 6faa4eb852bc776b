"""`faqbot serve`: the public server and the action server as one thing."""

from __future__ import annotations

import errno
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import uvicorn

from bot.settings import Settings

logger = logging.getLogger(__name__)

RESTART_AFTER_SECONDS = 1.0
STOP_WITHIN_SECONDS = 5.0


class CannotListen(Exception):
    """Nobody can listen on this address and port; the message says why and what to do."""


class ActionServerProcess:
    """The action server as a child process that is restarted when it dies.

    Args:
        port: the loopback port, or 0 for a free one.
        folder: the folder in which the `actions` package is found.
    """

    def __init__(self, port: int, folder: Path) -> None:
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}/webhook"
        self._folder = folder
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._watcher = threading.Thread(target=self._watch, name="action-server", daemon=True)

    def start(self) -> None:
        """Starts the process and the watch over it.

        Raises:
            CannotListen: the port is in use.
        """
        check_port("127.0.0.1", self.port, "FAQBOT_ACTION_PORT")
        self._launch()
        self._watcher.start()

    def stop(self) -> None:
        """Ends the process; kills it if it does not go in time."""
        self._stopping.set()
        process = self._process
        if process is None or process.poll() is not None:
            return
        process.terminate()
        try:
            process.wait(STOP_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _launch(self) -> None:
        environment = {
            **os.environ,
            # A relative path means something else in the child's folder.
            "FAQBOT_PROJECT": str(self._folder),
            # The SDK would listen on every address without a password; loopback only.
            "SANIC_HOST": "127.0.0.1",
            "ACTION_SERVER_SANIC_WORKERS": "1",
        }
        command = [sys.executable, "-m", "bot.web.action_server", str(self.port)]
        self._process = subprocess.Popen(  # noqa: S603
            command, cwd=self._folder, env=environment, stdin=subprocess.PIPE
        )

    def _watch(self) -> None:
        while not self._stopping.wait(0.2):
            if self._process is not None and self._process.poll() is not None:
                logger.error("The action server ended; starting it again.")
                if self._stopping.wait(RESTART_AFTER_SECONDS):
                    return
                self._launch()


def check_port(host: str, port: int, setting: str) -> None:
    """Tries all that `host` stands for: a name may have addresses of both kinds.

    Args:
        host: an IPv4 or IPv6 address, or a name.
        port: the port.
        setting: names the port, for the message.

    Raises:
        CannotListen: a server could not listen there either.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        for family, _, _, _, address in found:
            _try_to_listen(family, address)
    except (OSError, UnicodeError) as error:
        if getattr(error, "errno", None) == errno.EADDRINUSE:
            raise CannotListen(
                f"Port {port} is in use. Stop what uses it, or choose another: {setting}=<port>."
            ) from None
        reason = getattr(error, "strerror", None) or "this is no address"
        raise CannotListen(
            f"Nobody can listen on {host}, port {port}: {reason}. Correct FAQBOT_HOST or {setting}."
        ) from None


def _try_to_listen(family: int, address: Any) -> None:
    """As asyncio does it, so that uvicorn succeeds and fails alike. Raises `OSError`."""
    try:
        probe = socket.socket(family, socket.SOCK_STREAM)
    except OSError:
        return  # a machine without IPv6; asyncio passes over it, too
    with probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        probe.bind(address)


def address_to_open(host: str, port: int) -> str:
    """Where a browser on this machine finds the server."""
    if host in ("127.0.0.1", "0.0.0.0", "::1", "::"):  # noqa: S104
        host = "localhost"
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def serve(settings: Settings, model: Path) -> int:
    """Serves until SIGINT or SIGTERM. Returns the exit status."""
    check_port(settings.host, settings.port, "PORT")
    actions = None
    action_url = settings.action_url
    if not action_url:
        actions = ActionServerProcess(settings.action_port, settings.project)
        actions.start()
        action_url = actions.url
    try:
        from bot.web.app import create_app

        config = uvicorn.Config(
            create_app(settings, model, action_url),
            host=settings.host,
            port=settings.port,
            ws="none",
            log_config=None,
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=5,
        )
        address = address_to_open(settings.host, settings.port)
        server = _Server(config, f"Open {address} (Ctrl-C stops it)")
        server.run()
        return 0 if server.started else 1
    finally:
        if actions:
            actions.stop()


class _Server(uvicorn.Server):
    """Says when it is ready, and ends with status 0 when it is asked to end."""

    def __init__(self, config: uvicorn.Config, ready: str) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            print(self._ready, flush=True)

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        # uvicorn raises the signal again once it has stopped; here that is a normal end.
        earlier = {s: signal.signal(s, lambda *_: None) for s in (signal.SIGINT, signal.SIGTERM)}
        try:
            super().run(sockets)
        except KeyboardInterrupt:
            pass
        finally:
            for number, handler in earlier.items():
                signal.signal(number, handler)


def free_port() -> int:
    """A port of this machine that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
