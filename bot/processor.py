"""Names the processor to OpenBLAS where OpenBLAS is too old to know it.

The NumPy and SciPy that Rasa needs come with OpenBLAS 0.3.18 and 0.3.20. Where these do not
know a newer processor they use code for a Pentium 4 (their kind "Prescott"): products of
matrices took four times as long (docs/decisions/serving.md). What the processor says it can
do tells which kind's code will run on it.
"""

from __future__ import annotations

import os
from pathlib import Path

VARIABLE = "OPENBLAS_CORETYPE"
# OpenBLAS's kinds of x86-64 code, best first, with what Linux calls the features they use.
_KINDS = (
    ("SkylakeX", {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl", "avx2", "fma"}),
    ("Haswell", {"avx2", "fma"}),
)
_CPU_INFO = Path("/proc/cpuinfo")


def kind(cpu_info: str) -> str | None:
    """The best kind for a processor as /proc/cpuinfo describes it, or None to let it be."""
    for line in cpu_info.splitlines():
        if line.startswith("flags"):
            able = set(line.partition(":")[2].split())
            return next((name for name, needs in _KINDS if needs <= able), None)
    return None


def name_to_openblas() -> None:
    """Sets the kind, unless somebody has. Has an effect only before NumPy is imported."""
    if VARIABLE in os.environ or not _CPU_INFO.exists():
        return
    found = kind(_CPU_INFO.read_text(encoding="utf-8", errors="replace"))
    if found:
        os.environ[VARIABLE] = found
