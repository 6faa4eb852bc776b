"""TEST ALL: asks every stored question and presses every follow-up button.

The habit is QnABot's: whatever an editor changes, each question still has to reach its
own answer in a running assistant.
"""

from __future__ import annotations

from bot.engine import resources
from bot.engine.assistant import Assistant


async def misses(assistant: Assistant) -> list[str]:
    """One line for each question or button that does not reach its own answer."""
    found = []
    answers = resources.answers().published()
    by_question = {answer.question: faq_id for faq_id, answer in answers.items()}
    for faq_id, answer in answers.items():
        conversation = f"test-all-{faq_id}"
        tracker, messages = await assistant.take_turn(conversation, answer.question)
        await assistant.store.save(tracker)
        given = [message["faq_id"] for message in messages if message["faq_id"]]
        if given != [faq_id]:
            found.append(f"{faq_id}: “{answer.question}” reaches {given or 'no answer'}")
            continue
        replies = [reply for message in messages for reply in message["quick_replies"]]
        wanted = [answers[other].question for other in answer.follow_ups if other in answers][:3]
        if [reply["title"] for reply in replies][: len(wanted)] != wanted:
            found.append(f"{faq_id}: its follow-up buttons are {replies}, not {wanted}")
        for reply in replies:
            expected = by_question.get(reply["payload"])
            _, messages = await assistant.take_turn(conversation, reply["payload"])
            given = [message["faq_id"] for message in messages if message["faq_id"]]
            if given != [expected]:
                found.append(
                    f"{faq_id}: its button “{reply['payload']}” reaches {given or 'no answer'}"
                )
    return found
