"""How the assistant calls its custom actions: little to send, and a bound on the wait."""

from __future__ import annotations

import asyncio
from functools import lru_cache
from typing import Any

from jsonschema.protocols import Validator
from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity
from rasa.utils.endpoints import EndpointConfig

# What the actions look back on: the topic, the guided check, what has been escalated.
_LATEST_EVENTS = 40


class ActionServer(EndpointConfig):
    """Rasa's connection to the action server, with a bound on the wait.

    Rasa waits 300 seconds for a custom action; a patient does not. What the rules said
    before the action is delivered all the same.

    Args:
        url: the action server's webhook.
        timeout: seconds that an action may take.
    """

    def __init__(self, url: str, timeout: float) -> None:
        super().__init__(url=url)
        self._seconds = timeout

    async def request(self, *args: Any, **kwargs: Any) -> Any:
        """Sends the request; raises `asyncio.TimeoutError` when the time is up."""
        kwargs["timeout"] = self._seconds
        return await asyncio.wait_for(super().request(*args, **kwargs), self._seconds)


class LocalActions(EndpointConfig):
    """Runs the custom actions in this process: for `faqbot ask` and `faqbot test-all`."""

    def __init__(self) -> None:
        from rasa_sdk.executor import ActionExecutor

        import actions

        super().__init__(url="local")
        self._executor = ActionExecutor()
        self._executor.register_package(actions)

    async def request(self, *args: Any, **kwargs: Any) -> Any:
        """Runs the action that the request names."""
        return await self._executor.run(kwargs["json"])


class CustomAction(RemoteAction):
    """A custom action that is sent what it uses: the latest events, and no domain.

    Rasa sends every event and the whole domain, and compiles the schema of the response
    anew each time; together that is the longest part of a turn that calls an action.
    """

    def _action_call_format(self, tracker: DialogueStateTracker, domain: Domain) -> dict[str, Any]:
        state = tracker.current_state(EventVerbosity.NONE)
        state["events"] = [event.as_dict() for event in list(tracker.events)[-_LATEST_EVENTS:]]
        return {
            "next_action": self.name(),
            "sender_id": tracker.sender_id,
            "tracker": state,
            "domain": {},
        }

    def _validate_action_result(self, result: dict[str, Any]) -> bool:
        """Raises `jsonschema.ValidationError` when the response is not in Rasa's form."""
        _response_form().validate(result)
        return True


@lru_cache(maxsize=1)
def _response_form() -> Validator:
    schema = CustomAction.action_response_format_spec()
    return validator_for(schema)(schema)
