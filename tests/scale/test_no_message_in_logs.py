"""What a patient types is in the conversation store, and nowhere else."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from faqbot_process import FaqbotProcess
from faulty_server import FAULTS

MARKER = "quokkaxylophone"
KINDS = (
    "Can I drink alcohol on Dupixent? {}",
    "my throat is closing and I can't breathe {}",
    "my eyes are red and hurt {}",
    "my skin itches {}",
    "what about the thing with the {}",
    "{}",
    "/{}",
    "/restart{{'a': '{}'}}",
    "call me at 212-555-0147 {}",
    "\u202e{} \x00 🤢",
    "hello {}\nsecond line {}",
    *(f"{fault} {{}}" for fault in FAULTS),
    *(f"{fault} my throat is closing and I can't breathe {{}}" for fault in FAULTS),
)


@pytest.fixture(scope="module", params=["text", "json"])
def faulty(
    request: pytest.FixtureRequest, model: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[FaqbotProcess]:
    server = FaqbotProcess(
        tmp_path_factory.mktemp("faulty") / request.param,
        program=Path(__file__).parent / "faulty_server.py",
        FAQBOT_LOG_FORMAT=request.param,
        FAQBOT_LOG_LEVEL="DEBUG",
    )
    try:
        yield server.wait()
    finally:
        server.stop()


def wait_for_actions(client: httpx.Client) -> None:
    """The server is ready before its action server is; an action can only break in the latter."""
    for number in range(120):
        token = client.post("/chat/session").json()["token"]
        text = "what about the thing with the other one"
        body = {"token": token, "id": f"w{number}", "text": text}
        if "went wrong" not in client.post("/chat/message", json=body).text:
            return
        time.sleep(0.5)
    pytest.fail("The action server does not answer.")


def test_a_marker_in_every_kind_of_message_is_in_no_log_metric_or_file(
    faulty: FaqbotProcess,
) -> None:
    with httpx.Client(base_url=faulty.url, timeout=30) as client:
        wait_for_actions(client)
        statuses = {}
        for kind in reversed(KINDS):
            # A session each: what follows an emergency is answered without an action.
            token = client.post("/chat/session").json()["token"]
            text = kind.replace("{}", MARKER)
            body = {"token": token, "id": "m0", "text": text}
            statuses[text] = client.post("/chat/message", json=body).status_code
        # Broken parts broke, and what they broke was answered honestly.
        assert set(statuses.values()) == {200, 503}
        assert statuses[f"breakreading {MARKER}"] == 503
        assert statuses[f"breakstore {MARKER}"] == 503
        assert all(s == 200 for text, s in statuses.items() if "can't breathe" in text
                   and "breakscreen" not in text)  # fmt: skip
        client.post(
            "/chat/feedback",
            json={"token": token, "id": "m0", "helpful": False, "reason": f"no {MARKER}"},
        )
        # In places where no text belongs.
        client.get(f"/{MARKER}")
        client.get(f"/chat/{MARKER}", params={"text": MARKER})
        client.get("/chat/history", headers={"Authorization": f"Bearer {MARKER}"})
        client.post("/chat/session", headers={"Origin": f"https://{MARKER}.example"})
        client.post("/chat/session", headers={"X-Forwarded-For": MARKER, "User-Agent": MARKER})
        client.post("/chat/message", json={"token": token, MARKER: MARKER})
        client.post("/chat/message", content=f"{{{MARKER}".encode())
        client.post("/ask", data={"text": f"hello {MARKER}"})
        history = client.get("/chat/history", headers={"Authorization": f"Bearer {token}"}).text
        metrics = client.get("/metrics").text
    assert MARKER in history
    assert MARKER not in metrics
    log = faulty.log.read_text()
    for line in ("RuntimeError", "OperationalError", "action_suggest_questions failed"):
        assert line in log, f"{line} is not in the log: did that part break?"
    assert MARKER not in log
    kept = {path for path in faulty.folder.rglob("*") if path.is_file()}
    store = {path for path in kept if path.name.startswith("conversations.db")}
    assert any(MARKER.encode() in path.read_bytes() for path in store)
    for path in kept - store:
        assert MARKER.encode() not in path.read_bytes(), path


def test_every_line_about_a_request_carries_its_id(faulty: FaqbotProcess) -> None:
    with httpx.Client(base_url=faulty.url, timeout=30) as client:
        token = client.post("/chat/session").json()["token"]
        body = {"token": token, "id": "a", "text": "breakreading now"}
        reply = client.post("/chat/message", json=body)
    about = [line for line in faulty.log.read_text().splitlines()
             if reply.headers["X-Request-ID"] in line]  # fmt: skip
    assert any("could not be answered" in line for line in about)
    if "json" in faulty.folder.name:
        assert {json.loads(line)["request"] for line in about} == {reply.headers["X-Request-ID"]}
