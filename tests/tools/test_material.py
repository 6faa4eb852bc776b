"""What the tuned layers learn from."""

from __future__ import annotations

import pytest

from bot.engine import resources
from bot.safety.examples import CLASSES, DetectorExamples, read_examples
from tools.tuning import material as material_module
from tools.tuning.material import material


def test_messages_are_learnt_with_a_variant_each_beside_what_is_calm(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = read_examples(resources.settings().data / "triage").settings
    messages = (("My throat is  closing", "emergency"), ("i want to die", "crisis"),
                ("i have a new rash", "routine"), ("thank you", "none"))  # fmt: skip
    few = DetectorExamples(settings, messages, ("hello,",), ("what now",))
    monkeypatch.setattr(material_module, "read_examples", lambda _: few)
    monkeypatch.setattr(material_module, "fragments", lambda *_: ["green lamp"])
    monkeypatch.setattr(resources, "calm_sentences", lambda: ["how do i store it"])

    learnt = material()

    calm = ["how do i store it", "green lamp"]
    own = ["my throat is closing", "i want to die", "i have a new rash", "thank you"]
    assert learnt.texts[:6] == [*own, *calm]
    assert len(learnt.texts) == len(learnt.labels) == len(learnt.evidence) == 10
    names = [CLASSES[label] for label in learnt.labels]
    assert names == ["emergency", "crisis", "routine", "none", "none", "none",
                     "emergency", "crisis", "routine", "none"]  # fmt: skip
    assert learnt.evidence[0].any()  # a rule hears it
    assert not learnt.evidence[5][:-8].any()
