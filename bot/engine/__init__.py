"""Thin adapters that plug knowledge, understanding and safety into Rasa."""
