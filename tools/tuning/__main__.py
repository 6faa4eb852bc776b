"""`python -m tools.tuning`: see the package."""

from __future__ import annotations

import datetime as dt

import onnx

from bot.engine import resources
from bot.safety.examples import CLASSES
from bot.safety.similarity import TUNED_LAYERS
from bot.understanding.encoder import model_file
from tools.tuning import onnx_file
from tools.tuning.material import material
from tools.tuning.network import Network, tune


def main() -> None:
    """Tunes the layers and writes them into the project."""
    learnt = material()
    print(f"{len(learnt.texts)} texts", flush=True)
    halves = resources.encoder().halfway_for_training(learnt.texts)
    half = onnx_file.upper_half(onnx.load(model_file()))
    others = learnt.evidence.shape[1]
    network = Network(onnx_file.layers_of(half), others, len(CLASSES))
    tune(network, halves, learnt.evidence, learnt.labels)
    head = {name: value.numpy() for name, value in network.state_dict().items()
            if name.startswith(("hidden.", "out."))}  # fmt: skip
    tuned = onnx_file.with_layers(half, [layer.named() for layer in network.layers])
    tuned = onnx_file.with_head(tuned, head, others)
    facts = {"tuned on": dt.date.today().isoformat(), "texts": len(learnt.texts)}
    onnx_file.write(tuned, TUNED_LAYERS, facts)
    print(f"Wrote {TUNED_LAYERS}. Now train, run the tests and measure.")


if __name__ == "__main__":
    main()
