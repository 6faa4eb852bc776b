"""The project that `rasa init` makes, given this project's questions and answers.

Pipeline and policies are Rasa's own defaults: DIET, response selector, memoization,
rules, TED. Answers are a retrieval intent, as Rasa's documentation advises for FAQs.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import yaml

from benchmarks.load import ROOT, RestVisitor, Server, free_port
from bot.knowledge import FAQ_PREFIX, AnswerStore, read_examples

_QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "PYTHONWARNINGS": "ignore",
    "TF_CPP_MIN_LOG_LEVEL": "3",
}
# Intents for which Rasa has rules built in.
_RASAS_OWN = ("restart", "back", "session_start")


class StockProject:
    """A folder with the stock project; the trained model is kept for the next run.

    Args:
        cache: where such folders are kept.
        epochs: of every neural part; Rasa's default is 100.
        most: examples per intent; 0 for all.
    """

    def __init__(self, cache: Path, epochs: int, most: int) -> None:
        self._files = _files(epochs, most)
        content = json.dumps(self._files, sort_keys=True).encode()
        self.folder = cache / f"stock-{hashlib.sha256(content).hexdigest()[:12]}"
        self.examples = sum(
            block["examples"].count("\n") for block in self._files["data/nlu.yml"]["nlu"]
        )

    def train(self) -> float:
        """Trains unless it has been; returns the seconds that training took, then or now."""
        note = self.folder / "trained.json"
        if note.exists():
            return float(json.loads(note.read_text())["seconds"])
        shutil.rmtree(self.folder, ignore_errors=True)
        import rasa

        shutil.copytree(Path(rasa.__file__).parent / "cli" / "initial_project", self.folder)
        for name, content in self._files.items():
            (self.folder / name).write_text(yaml.safe_dump(content, allow_unicode=True))
        (self.folder / "data" / "stories.yml").write_text(yaml.safe_dump(_stories(self._files)))
        began = time.perf_counter()
        with (self.folder / "training.log").open("wb") as log:
            done = subprocess.run(
                [_rasa(), "train"], cwd=self.folder, env={**os.environ, **_QUIET},
                stdout=log, stderr=log,
            )  # fmt: skip
        seconds = time.perf_counter() - began
        if done.returncode:
            raise SystemExit(f"rasa train failed; see {self.folder / 'training.log'}.")
        note.write_text(json.dumps({"seconds": seconds}))
        return seconds

    def server(self) -> Server:
        """`rasa run` with the REST channel, on loopback."""
        port = free_port()
        command = [_rasa(), "run", "--enable-api", "-i", "127.0.0.1", "-p", str(port)]
        return Server(command, self.folder, _QUIET, f"http://127.0.0.1:{port}", RestVisitor)


def _rasa() -> str:
    return str(ROOT / ".venv" / "bin" / "rasa")


def _files(epochs: int, most: int) -> dict[str, Any]:
    by_intent: dict[str, list[str]] = {}
    for example in read_examples(ROOT / "data" / "nlu"):
        by_intent.setdefault(example.intent, []).append(example.text)
    answers = AnswerStore(ROOT / "data" / "faq").published()
    nlu = [
        {"intent": intent, "examples": "".join(f"- {text}\n" for text in texts[: most or None])}
        for intent, texts in by_intent.items()
        if not intent.startswith(FAQ_PREFIX) or intent.removeprefix(FAQ_PREFIX) in answers
    ]
    talk = [
        intent
        for block in nlu
        if not (intent := block["intent"]).startswith(FAQ_PREFIX) and intent not in _RASAS_OWN
    ]
    says = {f"utter_faq/{faq_id}": [{"text": a.body}] for faq_id, a in answers.items()}
    says |= {f"utter_{intent}": [{"text": intent.replace("_", " ")}] for intent in talk}
    fallback = {"utter_fallback": [{"text": "I did not understand that."}]}
    rules = [(intent, f"utter_{intent}") for intent in ("faq", *talk)]
    config: dict[str, Any] = {
        "recipe": "default.v1", "language": "en", "assistant_id": "stock",
        "pipeline": None, "policies": None,
    }  # fmt: skip
    if epochs != 100:
        config |= _defaults_with(epochs)
    return {
        "config.yml": config,
        "data/nlu.yml": {"version": "3.1", "nlu": nlu},
        "data/rules.yml": {
            "version": "3.1",
            "rules": [
                {"rule": intent, "steps": [{"intent": intent}, {"action": action}]}
                for intent, action in [*rules, ("nlu_fallback", "utter_fallback")]
            ],
        },
        "domain.yml": {
            "version": "3.1",
            "intents": ["faq", *talk],
            "responses": says | fallback,
            "session_config": {
                "session_expiration_time": 60,
                "carry_over_slots_to_new_session": True,
            },
        },
    }


def _stories(files: dict[str, Any]) -> dict[str, Any]:
    talk = [intent for intent in files["domain.yml"]["intents"] if intent != "faq"]
    return {
        "version": "3.1",
        "stories": [
            {
                "story": f"{intent} and a question",
                "steps": [
                    {"intent": intent}, {"action": f"utter_{intent}"},
                    {"intent": "faq"}, {"action": "utter_faq"},
                    {"intent": "faq"}, {"action": "utter_faq"},
                ],
            }
            for intent in talk
        ],
    }  # fmt: skip


def _defaults_with(epochs: int) -> dict[str, Any]:
    import rasa

    recipes = Path(rasa.__file__).parent / "engine" / "recipes" / "config_files"
    defaults = yaml.safe_load((recipes / "default_config.yml").read_text())
    for part in (*defaults["pipeline"], *defaults["policies"]):
        if "epochs" in part:
            part["epochs"] = epochs
    return {name: defaults[name] for name in ("pipeline", "policies")}
