"""The pipeline of `rasa init` on this project's data, beside this project's own classifier.

The pipeline and the policies are those that Rasa itself fills in when config.yml names
none. Both are trained on the same examples and asked the same questions. On all the
examples the stock pipeline trains for an hour or more: `examples` takes the first few of
each intent, `epochs` shortens DIET and the response selector. What was used is in the result.
"""

from __future__ import annotations

import asyncio
import itertools
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from benchmarks.questions import EVALUATION, Answered, figures, read_rows, training_examples
from bot.understanding import Example, SentenceEncoder, Understanding

RETRIEVAL = "faq"


def compare(encoder: SentenceEncoder, seed: int, every: int, epochs: int) -> dict[str, Any]:
    """Trains both on the project's examples and asks both the evaluation questions."""
    known, questions = training_examples()
    chosen = _thinned(known, every)
    rows = read_rows(EVALUATION / "questions.csv")
    texts = [text for text, _ in rows]
    result: dict[str, Any] = {
        "examples": len(chosen),
        "of": len(known),
        "epochs": epochs,
        "seed": seed,
    }

    began = time.perf_counter()
    model = Understanding.train(chosen, questions, encoder)
    trained = time.perf_counter() - began
    began = time.perf_counter()
    read = [model.read(text) for text in texts]
    seconds = time.perf_counter() - began
    ours = [Answered((r.faq_id, *r.also) if r.faq_id else (), r.suggested) for r in read]
    result["this project"] = figures(rows, ours) | _times(trained, seconds, len(texts))

    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        archive = _train_stock(Path(folder), chosen, seed, epochs)
        trained = time.perf_counter() - began
        stock, seconds = asyncio.run(_ask_stock(archive, texts))
    result["rasa init"] = figures(rows, stock) | _times(trained, seconds, len(texts))
    return result


def _thinned(examples: Sequence[Example], every: int) -> list[Example]:
    ordered = sorted(examples, key=lambda example: example.intent)
    groups = itertools.groupby(ordered, key=lambda example: example.intent)
    return [example for _, group in groups for example in list(group)[::every]]


def _times(trained: float, seconds: float, messages: int) -> dict[str, float]:
    return {
        "train_seconds": round(trained, 1),
        "ms_per_message": round(1000 * seconds / messages, 2),
    }


def _train_stock(folder: Path, examples: Sequence[Example], seed: int, epochs: int) -> str:
    from rasa.engine.recipes.default_recipe import DefaultV1Recipe
    from rasa.model_training import train_nlu

    config = DefaultV1Recipe.complete_config(
        {"recipe": "default.v1", "language": "en", "assistant_id": "stock"}, {"pipeline"}
    )
    for component in config["pipeline"]:
        if "epochs" in component:
            component |= {"epochs": epochs, "random_seed": seed}
    config["policies"] = [{"name": "RulePolicy"}]
    intents: dict[str, list[str]] = {}
    for example in examples:
        intents.setdefault(example.intent, []).append(" ".join(example.text.split()))
    nlu = [
        {"intent": intent, "examples": "".join(f"- {text}\n" for text in texts)}
        for intent, texts in intents.items()
    ]
    responses = {
        f"utter_{intent}": [{"text": intent}] for intent in intents if intent.startswith(RETRIEVAL)
    }
    (folder / "config.yml").write_text(yaml.safe_dump(config, sort_keys=False))
    training = {"version": "3.1", "nlu": nlu, "responses": responses}
    (folder / "nlu.yml").write_text(yaml.safe_dump(training, sort_keys=False))
    archive = train_nlu(
        str(folder / "config.yml"), str(folder / "nlu.yml"), str(folder), fixed_model_name="stock"
    )
    if not archive:
        raise SystemExit("The stock pipeline made no model. The lines above say why.")
    return str(archive)


async def _ask_stock(archive: str, texts: Sequence[str]) -> tuple[list[Answered], float]:
    from rasa.core.agent import load_agent

    agent = await load_agent(model_path=archive)
    began = time.perf_counter()
    parsed = [await agent.parse_message(text) for text in texts]
    seconds = time.perf_counter() - began
    answered = []
    for result in parsed:
        selected = result["response_selector"]["default"]
        given = result["intent"]["name"] == RETRIEVAL
        keys = [item["intent_response_key"].split("/", 1)[-1] for item in selected["ranking"]]
        answered.append(Answered(tuple(keys[:1]) if given else (), tuple(keys[:3])))
    return answered, seconds
