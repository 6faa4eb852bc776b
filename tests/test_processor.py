from __future__ import annotations

import os
import subprocess
import sys

import pytest

from bot import processor

OLD = "processor : 0\nflags : fpu sse sse2\n"
AVX2 = "processor : 0\nflags\t\t: fpu sse2 fma avx avx2\n"
AVX512 = "flags : fma avx2 avx512f avx512bw avx512cd avx512dq avx512vl avx512_vnni\n"
NOT_ALL_OF_IT = "flags : fma avx2 avx512f avx512cd\n"


@pytest.mark.parametrize(
    ("cpu_info", "kind"),
    [
        (AVX512, "SkylakeX"),
        (AVX2, "Haswell"),
        (NOT_ALL_OF_IT, "Haswell"),
        (OLD, None),
        ("Features : fp asimd\n", None),
        ("", None),
    ],
)
def test_the_kind_is_the_best_that_the_processor_can_run(cpu_info: str, kind: str | None) -> None:
    assert processor.kind(cpu_info) == kind


def test_what_somebody_has_set_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(processor.VARIABLE, "Zen")
    processor.name_to_openblas()
    assert os.environ[processor.VARIABLE] == "Zen"


def test_it_is_named_before_numpy_is_there() -> None:
    code = "import sys, bot; assert 'numpy' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_numpy_uses_the_kind() -> None:
    named = processor.kind(processor._CPU_INFO.read_text())
    code = (
        "import bot.understanding, numpy, threadpoolctl\n"
        "print({i.get('architecture') for i in threadpoolctl.threadpool_info()"
        " if i['internal_api'] == 'openblas'})"
    )
    environment = {k: v for k, v in os.environ.items() if k != processor.VARIABLE}
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    )
    assert named is None or run.stdout.strip() == str({named})
