"""Rasa's own test of stories, run as a developer runs it: all of test_stories.yml pass."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import yaml

STORIES = Path(__file__).parent / "test_stories.yml"


def test_rules_alone_decide_so_no_policy_is_there_to_learn_from_stories(project: Path) -> None:
    config = yaml.safe_load((project / "config.yml").read_text(encoding="utf-8"))
    assert [policy["name"] for policy in config["policies"]] == ["RulePolicy"]
    data = [path.read_text(encoding="utf-8") for path in (project / "data").rglob("*.yml")]
    assert data
    assert not any("\nstories:" in text for text in data)


def test_rasa_finds_every_story_right(project: Path, model: Path, tmp_path: Path) -> None:
    command = ["-m", "bot.rasa_cli", "test", "core", "--stories", str(STORIES)]
    command += ["--model", str(model), "--out", str(tmp_path), "--no-plot"]
    done = subprocess.run(
        [sys.executable, *command],
        cwd=project,
        env={**os.environ, "FAQBOT_ACTION_PORT": "0"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    stories = yaml.safe_load(STORIES.read_text(encoding="utf-8"))["stories"]
    report = json.loads((tmp_path / "story_report.json").read_text(encoding="utf-8"))
    failed = (tmp_path / "failed_test_stories.yml").read_text(encoding="utf-8")
    assert report["conversation_accuracy"]["total"] == len(stories)
    assert report["conversation_accuracy"]["accuracy"] == 1.0, failed
