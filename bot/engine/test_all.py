"""TEST ALL: asks every stored question and presses every follow-up button.

The habit is QnABot's: whatever an editor changes, each question still has to reach its
own answer in a running assistant.
"""

from __future__ import annotations

from bot.engine import resources
from bot.engine.assistant import Assistant


async def misses(assistant: Assistant, part: int = 0, parts: int = 1) -> list[str]:
    """One line for each question or button that does not reach its own answer.

    Answers that are newer than the model, or worded anew since, are not held against it.
    With `parts`, only every so many answers are asked, from the `part`th on.
    """
    found = []
    published = resources.answers().published()
    by_question = {
        answer.question: faq_id
        for faq_id, answer in published.items()
        if assistant.knows(faq_id, answer.question)
    }
    for question, faq_id in list(by_question.items())[part::parts]:
        answer = published[faq_id]
        conversation = f"test-all-{faq_id}"
        tracker, messages = await assistant.take_turn(conversation, question)
        await assistant.store.save(tracker)
        given = [message["faq_id"] for message in messages if message["faq_id"]]
        if given != [faq_id]:
            found.append(f"{faq_id}: “{question}” reaches {given or 'no answer'}")
            continue
        replies = [reply for message in messages for reply in message["quick_replies"]]
        wanted = [published[i].question for i in answer.follow_ups if i in published][:3]
        if [reply["title"] for reply in replies][: len(wanted)] != wanted:
            found.append(f"{faq_id}: its follow-up buttons are {replies}, not {wanted}")
        for reply in replies:
            expected = by_question.get(reply["payload"])
            if expected is None and reply["payload"] in wanted:
                continue
            _, messages = await assistant.take_turn(conversation, reply["payload"])
            given = [message["faq_id"] for message in messages if message["faq_id"]]
            if given != [expected]:
                found.append(
                    f"{faq_id}: its button “{reply['payload']}” reaches {given or 'no answer'}"
                )
    return found
