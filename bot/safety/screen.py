"""The safety screen: every message, raw, against every red flag.

Rules decide. A second, independent detector catches what their words miss: where it is
almost certain it escalates, where it is in doubt the assistant asks.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from bot.problems import load_yaml, read_text, to_struct
from bot.safety.context import ContextReader, ContextRules
from bot.safety.model import LEVELS, Finding, Level, Screening, highest
from bot.safety.red_flags import RedFlag, RedFlags, read_red_flags
from bot.safety.similarity import Similarity, read_similarity
from bot.safety.words import Clause, Repair, clauses

logger = logging.getLogger(__name__)

Encode = Callable[[Sequence[str]], np.ndarray]


class SafetyScreen:
    """Reads messages for red flags. Make it with `load`; thread-safe."""

    def __init__(
        self,
        red_flags: RedFlags,
        context: ContextReader,
        similarity: Similarity | None,
        ordinary: frozenset[str],
    ) -> None:
        self._red_flags = red_flags
        self._context = context
        self._similarity = similarity
        self._repair = Repair(red_flags.vocabulary, ordinary)

    @classmethod
    def load(
        cls,
        folder: Path,
        encode: Encode | None = None,
        ordinary: frozenset[str] = frozenset(),
        calm: Sequence[str] = (),
        encode_message: Encode | None = None,
    ) -> SafetyScreen:
        """Reads the rules in data/triage.

        Args:
            folder: the folder with red_flags.yml, context.yml and examples.yml.
            encode: texts to unit vectors, for the second detector; None leaves it out.
            ordinary: English words that are never repaired into a rule's word.
            calm: sentences that need no contact, for the second detector.
            encode_message: used for patients' messages instead of `encode`, so that a
                cache on disk never sees them.

        Raises:
            DataError: a file cannot be used; every reason is listed.
        """
        path = folder / "context.yml"
        rules = to_struct(load_yaml(read_text(path), path), ContextRules, path)
        similarity = None
        if encode is not None:
            similarity = Similarity(
                read_similarity(folder / "examples.yml"), encode, calm, encode_message
            )
        return cls(
            read_red_flags(folder / "red_flags.yml"), ContextReader(rules), similarity, ordinary
        )

    @property
    def red_flags(self) -> RedFlags:
        """The rules in use."""
        return self._red_flags

    def read(self, text: str) -> Screening:
        """Screens one raw message. Never raises: what breaks here is treated with caution."""
        try:
            return self._read(text)
        except Exception as error:
            logger.critical(
                "THE SAFETY SCREEN FAILED (%s); the patient gets the cautious reply.",
                type(error).__name__,
            )
            return Screening(level="same_day", failed=True)

    def _read(self, text: str) -> Screening:
        parts = clauses(text, self._repair)
        if not parts:
            return Screening()
        found = self._matches(parts)
        findings = self._in_context(text, parts, found)
        findings = self._raised(parts, findings)
        level = highest([f.level for f in findings if f.escalates])
        asked = highest([f.level for f in findings if f.status == "hypothetical"])
        unsure = False
        # Where a rule has understood an emergency's words as denied, asked about or past,
        # the second detector has nothing to add.
        understood = any(f.level == "emergency" for f in findings)
        if level != "emergency" and not understood and self._similarity is not None:
            judgement = self._similarity.judge(text)
            sure = self._similarity.level(judgement)
            if LEVELS.index(sure) < LEVELS.index(level):
                level = sure
                findings.append(_whole_message(text, sure))
            unsure = level != "emergency" and self._similarity.doubts(judgement)
            if unsure and level in ("routine", "none"):
                level = "same_day"
        return Screening(level=level, findings=tuple(findings), unsure=unsure, asked=asked)

    def _matches(self, parts: Sequence[Clause]) -> list[tuple[RedFlag, list[tuple[int, int]]]]:
        """The rules that match, each with its words' numbers through the whole message."""
        offsets = np.cumsum([0, *(len(clause.words) for clause in parts)])
        whole = " ".join(clause.text for clause in parts)
        found = []
        for rule in self._red_flags.rules:
            if rule.data.whole_message:
                for pattern in rule.patterns:
                    hit = pattern.find(whole, wide=True)
                    if hit and not self._excused(whole, hit):
                        found.append((rule, _numbers(whole, hit, 0)))
                        break
                continue
            for clause, offset in zip(parts, offsets[:-1], strict=True):
                for pattern in rule.patterns:
                    hit = pattern.find(clause.text)
                    if hit and not self._excused(clause.text, hit):
                        found.append((rule, _numbers(clause.text, hit, int(offset))))
                        break
        return found

    def _excused(self, text: str, spans: Sequence[tuple[int, int]]) -> bool:
        """Whether the words are part of an idiom, or about no patient."""
        if self._red_flags.not_a_patient.search(text):
            return True
        for idiom in self._red_flags.idioms:
            excuse = idiom.find(text)
            if excuse:
                start = min(a for a, _ in excuse)
                end = max(b for _, b in excuse)
                if any(a < end and start < b for a, b in spans):
                    return True
        return False

    def _in_context(
        self,
        text: str,
        parts: Sequence[Clause],
        found: Sequence[tuple[RedFlag, list[tuple[int, int]]]],
    ) -> list[Finding]:
        if not found:
            return []
        words = [word for clause in parts for word in clause.words]
        statuses = self._context.statuses(parts, [spans for _, spans in found])
        findings: dict[tuple[str, str], Finding] = {}
        for (rule, spans), status in zip(found, statuses, strict=True):
            first = min(a for a, _ in spans)
            last = max(b for _, b in spans) - 1
            start, end = words[first].start, words[last].end
            finding = Finding(
                rule.data.id, rule.data.level, text[start:end], start, end, status, rule.data.kind
            )
            findings.setdefault((finding.rule, finding.status), finding)
        return list(findings.values())

    def _raised(self, parts: Sequence[Clause], findings: list[Finding]) -> list[Finding]:
        """Babies, pregnancy and weakened immunity go up one level."""
        whole = " ".join(clause.text for clause in parts)
        raiser = next((p for p in self._red_flags.raisers if p.find(whole)), None)
        if raiser is None:
            return findings
        result = []
        for finding in findings:
            level: Level = self._red_flags.raised.get(finding.level, finding.level)
            own = finding.kind in ("pregnancy", "wrong_dose", "needle_stick", "stopping")
            result.append(
                finding
                if own or finding.kind.startswith("routine") or not finding.escalates
                else Finding(
                    finding.rule, level, finding.span, finding.start, finding.end,
                    finding.status, finding.kind,
                )
            )  # fmt: skip
        return result


def _whole_message(text: str, level: Level) -> Finding:
    span = text.strip()[:200]
    start = text.find(span)
    return Finding(f"reads_like_{level}", level, span, start, start + len(span), "asserted")


def _numbers(text: str, spans: Sequence[tuple[int, int]], offset: int) -> list[tuple[int, int]]:
    """Character spans of a clause's text as word numbers."""
    return [(offset + text.count(" ", 0, a), offset + text.count(" ", 0, b) + 1) for a, b in spans]
