"""Thin adapters that plug knowledge, understanding and safety into Rasa."""

from bot.lazy import import_lazily

# Rasa imports this for its neural policies and with it TensorFlow: seconds and 250 MB
# that an assistant without them never uses.
import_lazily("rasa.utils.train_utils")
