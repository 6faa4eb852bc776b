"""Creates or updates .venv from requirements.lock. Needs only Python's standard library.

Run by every `make` target; does nothing when .venv is up to date.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
TOOLS = ROOT / ".tools"
STAMP = VENV / ".made-from"
LOCKS = (ROOT / "requirements.lock", ROOT / "tools" / "uv.lock.txt", ROOT / "pyproject.toml")


def say(text: str) -> None:
    """Tells the person at the terminal what is going on."""
    print(f"[setup] {text}", flush=True)


def fail(text: str) -> None:
    """Stops with one clear message."""
    sys.exit(f"[setup] {text}")


def wanted() -> str:
    """What .venv has to be made from, as one hash."""
    digest = hashlib.sha256(f"{sys.version_info[:2]} {ROOT}".encode())
    for path in LOCKS:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def find_uv() -> list[str]:
    """The command that runs uv, fetched into .tools if the machine has none."""
    found = shutil.which("uv")
    if found:
        return [found]
    local = TOOLS / "bin" / "uv"
    if not local.exists():
        say("Fetching uv, which installs the packages …")
        run(
            [
                sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
                "--require-hashes", "--only-binary", ":all:", "--target", str(TOOLS),
                "--upgrade", "-r", str(LOCKS[1]),
            ],
            "pip could not fetch uv. Is there a network connection? Or install uv yourself.",
        )  # fmt: skip
    return [str(local)]


def run(command: list[str], trouble: str) -> None:
    """Runs a command; on failure stops with `trouble`."""
    if subprocess.call(command, cwd=ROOT) != 0:  # noqa: S603
        fail(trouble)


def main() -> None:
    """Makes .venv what the lock file says."""
    if sys.version_info[:2] != (3, 11):
        fail(
            f"Python 3.11 is needed; this is {sys.version.split()[0]} ({sys.executable}).\n"
            "[setup] Say which one to use: make run PYTHON=/path/to/python3.11"
        )
    if STAMP.exists() and STAMP.read_text() == wanted():
        return
    uv = find_uv()
    os.environ.setdefault("UV_LINK_MODE", "copy")
    python = VENV / "bin" / "python"
    if not python.exists():
        say("Creating .venv …")
        run(
            [*uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(VENV)],
            "The environment could not be created.",
        )
    say("Installing the packages in requirements.lock (a minute or two the first time) …")
    run(
        # Compiled once here: where Python may not write beside its modules, every start would
        # compile Rasa anew, for half a dozen seconds.
        [*uv, "pip", "sync", "--quiet", "--require-hashes", "--compile-bytecode",
         "--python", str(python), "requirements.lock"],
        "The packages could not be installed. Is there a network connection and 4 GB of disk?",
    )  # fmt: skip
    run(
        [*uv, "pip", "install", "--quiet", "--no-deps", "--no-build-isolation",
         "--python", str(python), "--editable", "."],
        "The project itself could not be installed.",
    )  # fmt: skip
    STAMP.write_text(wanted())
    say("The environment is ready.")


if __name__ == "__main__":
    main()
