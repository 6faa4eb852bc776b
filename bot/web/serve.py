"""`faqbot serve`: the public server and the action server as one thing."""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import uvicorn

from bot.settings import Settings

logger = logging.getLogger(__name__)

RESTART_AFTER_SECONDS = 1.0
STOP_WITHIN_SECONDS = 5.0


class PortTaken(Exception):
    """Somebody else listens on the port; the message says what to do."""


class ActionServerProcess:
    """The action server as a child process that is restarted when it dies.

    Args:
        port: the loopback port, or 0 for a free one.
        folder: the folder in which the `actions` package is found.
    """

    def __init__(self, port: int, folder: Path) -> None:
        self.port = port or _free_port()
        self.url = f"http://127.0.0.1:{self.port}/webhook"
        self._folder = folder
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._watcher = threading.Thread(target=self._watch, name="action-server", daemon=True)

    def start(self) -> None:
        """Starts the process and the watch over it.

        Raises:
            PortTaken: the port is in use.
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
        # The SDK would listen on every address without a password; loopback only.
        environment = {**os.environ, "SANIC_HOST": "127.0.0.1", "ACTION_SERVER_SANIC_WORKERS": "1"}
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
    """Raises `PortTaken` when nobody else could listen there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            raise PortTaken(
                f"Port {port} is in use. Stop what uses it, or choose another: {setting}=<port>."
            ) from None


def serve(settings: Settings, model: Path) -> int:
    """Serves until SIGINT or SIGTERM. Returns the exit status."""
    check_port(settings.host, settings.port, "PORT")
    actions = None
    action_url = settings.action_url
    if not action_url:
        actions = ActionServerProcess(settings.action_port, settings.project.resolve())
        actions.start()
        action_url = actions.url
    try:
        from bot.web.app import create_app

        shown = "localhost" if settings.host in ("127.0.0.1", "0.0.0.0") else settings.host  # noqa: S104
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
        server = _Server(config, f"Open http://{shown}:{settings.port}/ (Ctrl-C stops it)")
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


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
