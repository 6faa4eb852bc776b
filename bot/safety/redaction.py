"""Masks personal data before anything stores a message.

Names of patterns say what they find. Doses, lab values, drug codes, dates of symptoms
and the clinic's own numbers stay, since answers and safety may depend on them.
Formats: NANP phone numbers; SSA's rules for social security numbers; ISO/IEC 7812
check digits for cards; US Postal Service suffixes for street addresses.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec


class Redacted(msgspec.Struct, frozen=True):
    """The text with personal data masked, and the kinds that were found."""

    text: str
    kinds: tuple[str, ...] = ()


_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_DATE = (
    rf"(?:\d{{1,2}}[/.\- ]\d{{1,2}}[/.\- ]\d{{2,4}}|\d{{4}}-\d{{2}}-\d{{2}}"
    rf"|{_MONTH}\.?\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}\.?,?\s+\d{{4}}|\d{{8}})"
)
_STREET = (
    r"(?:street|st|avenue|ave|road|rd|boulevard|blvd|drive|dr|lane|ln|court|ct|circle|cir"
    r"|place|pl|way(?!\s+(?:too|more|over|past|above|below|less|high|low|off)\b)|terrace|ter|parkway|pkwy|highway|hwy|trail|trl|square|sq)"
)
_BIRTH = r"(?:d\.?o\.?b\.?|date of birth|birth ?date|birthday|born(?: on)?|bday)"
_RECORD = (
    r"(?:mrn|medical record(?: (?:number|no\.?|#))?|record (?:number|no\.?|#)"
    r"|patient (?:id|number|no\.?|#)|chart (?:number|no\.?|#)|member (?:id|number|no\.?|#)"
    r"|policy (?:number|no\.?|#))"
)

# (kind, pattern); the group `keep`, where there is one, is left in place before the mask.
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        ("email", r"[\w.+-]+\s?@\s?[\w-]+(?:\s?\.\s?[\w-]+)*\s?\.\s?[a-z]{2,}\b"),
        (
            "birth_date",
            rf"(?P<keep>\b{_BIRTH}(?!\w)(?:\s+(?:is|was|on))?\s*[:#=-]?\s*){_DATE}",
        ),
        (
            "record_number",
            rf"(?P<keep>\b{_RECORD}(?:\s+is)?\s*[:#=-]?\s*)(?=[a-z-]*\d)[a-z0-9][a-z0-9-]{{3,}}\b",
        ),
        ("ssn", r"(?<![\d-])(?!000|666|9\d\d)\d{3}([- ])(?!00)\d{2}\1(?!0000)\d{4}(?![\d-])"),
        (
            "ssn",
            r"(?P<keep>\b(?:ssn|social(?: security)?(?: number| no\.?)?)"
            r"(?:\s+is)?\s*[:#=-]?\s*)\d{9}\b",
        ),
        ("card", r"(?<![\d.-])(?:\d[ -]?){12,18}\d(?![\d.-])"),
        (
            "phone",
            r"(?<![\d.$-])(?:\+?1[-. ]?)?(?:\([2-9]\d{2}\)\s?|[2-9]\d{2}[-. ])[2-9]\d{2}[-. ]\d{4}"
            r"(?![\d-])",
        ),
        ("phone", r"(?<![\d.$-])\+\d{1,3}(?:[-. ]?\d{2,4}){2,4}(?![\d-])"),
        (
            "phone",
            r"(?P<keep>\b(?:phone|cell|mobile|call me(?: back)?(?: at| on)?|text me(?: at| on)?"
            r"|reach me(?: at| on)?|my number(?: is)?|tel)\.?\s*(?:is|number)?\s*[:#=-]?\s*)"
            r"\+?1?[-. ]?[2-9]\d{2}[-. ]?\d{3}[-. ]?\d{4}\b",
        ),
        ("phone", r"(?<![\d.$-])[2-9]\d{2}[2-9]\d{6}(?![\d-])"),
        (
            "address",
            r"\b\d{1,5}(?:-\d{1,4})?\s+(?:[nsew]\.?\s+|north\s+|south\s+|east\s+|west\s+)?"
            r"(?!mg\b|ml\b|days?\b|weeks?\b|months?\b|years?\b|times?\b|hours?\b|shots?\b|pens?\b)"
            rf"(?:[a-z][a-z'.]+\s+|\d{{1,3}}(?:st|nd|rd|th)\s+){{1,3}}?{_STREET}\b\.?"
            r"(?:,?\s*(?:apt|apartment|unit|suite|#)\.?\s*\w{1,6})?"
            r"(?:,?\s+[a-z]{2}\s+\d{5}(?:-\d{4})?)?",
        ),
    )
)
_LABELS = {
    "email": "email",
    "birth_date": "birth date",
    "record_number": "record number",
    "ssn": "social security number",
    "card": "card number",
    "phone": "phone number",
    "address": "address",
}
# "in 2 weeks way", "10 st": words that make an address look-alike harmless.
_NO_ADDRESS = re.compile(
    r"\b(?:mg|ml|mcg|pills?|tablets?|tabs?|caps|capsules?|fever|temp|temperature|bpm|days?|weeks?|months?|years?|hours?|minutes?|times|doses?|shots?|pens?|percent"
    r"|degrees|is|are|was|in|on|at|the|my|of|and|to|by|for|any|some|this|that)\b",
    re.IGNORECASE,
)


def redact(text: str, keep_numbers: Iterable[str] = ()) -> Redacted:
    """Masks phone, email, SSN, card, birth date, record number and street address.

    Args:
        text: what the patient wrote.
        keep_numbers: phone numbers that are nobody's secret (the clinic's, 911, …).
    """
    kept = {_digits(number).removeprefix("1") for number in keep_numbers}
    kinds: list[str] = []

    def mask(kind: str, match: re.Match[str]) -> str:
        found = match[0]
        digits = _digits(found)
        if kind == "card" and not _is_card(digits):
            return found
        if kind == "phone" and digits.removeprefix("1") in kept:
            return found
        if kind == "address" and _NO_ADDRESS.search(found.split(maxsplit=1)[1]):
            return found
        kinds.append(kind)
        return f"{match.groupdict().get('keep') or ''}[{_LABELS[kind]} removed]"

    for kind, pattern in _PATTERNS:
        text = pattern.sub(lambda match, kind=kind: mask(kind, match), text)  # type: ignore[misc]
    return Redacted(text, tuple(dict.fromkeys(kinds)))


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _is_card(digits: str) -> bool:
    """The Luhn check of ISO/IEC 7812-1, and a length that cards have."""
    if not 13 <= len(digits) <= 19:
        return False
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
