"""Fine-tunes the layers of the encoder with which the second detector reads messages.

    python3.11 -m pip install --target .torch torch     # any PyTorch 2; the one for the CPU will do
    PYTHONPATH=.torch .venv/bin/python -m tools.tuning   # twenty minutes on two cores

It learns from data/triage/examples and data/nlu, and writes bot/safety/tuned_layers.onnx, which
is part of the project: nobody else needs PyTorch. See docs/decisions/escalation.md.
"""
