"""The clinic's FAQ assistant."""

from bot.processor import name_to_openblas

name_to_openblas()  # before anything here imports NumPy
