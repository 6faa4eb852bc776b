"""The report as one HTML page that needs no other file and runs no script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from bot.report.activity import Activity, Turn
from bot.report.groups import Group
from bot.report.plots import OUTCOMES, hours_plot, volume_plot

MOST_GROUPS = 40
MOST_ROWS = 30
_SHOWN_OF_A_GROUP = 8
_LEVELS = {"emergency": "Emergency", "same_day": "Same day", "routine": "Routine"}

_STYLE = """
:root { --ink:#1d2733; --soft:#5b6775; --line:#dfe4ea; --tint:#f5f8fb; --blue:#0072b2; }
* { box-sizing:border-box }
body { margin:0; background:#eef2f6; color:var(--ink); font:16px/1.5 system-ui,sans-serif }
main { max-width:62rem; margin:0 auto; padding:2rem 1rem 4rem }
h1 { font-size:1.7rem; margin:0 } h2 { font-size:1.2rem; margin:0 0 .25rem }
p { margin:.25rem 0 1rem; color:var(--soft) }
section { background:#fff; border:1px solid var(--line); border-radius:10px;
  padding:1.25rem 1.5rem; margin-top:1.25rem }
dl { display:grid; grid-template-columns:repeat(auto-fit,minmax(9rem,1fr)); gap:1rem;
  margin:1.25rem 0 0 }
dl div { background:#fff; border:1px solid var(--line); border-radius:10px; padding:.9rem 1rem }
dt { color:var(--soft); font-size:.9rem } dd { margin:0; font-size:1.7rem; font-weight:600 }
dd small { font-size:.9rem; font-weight:400; color:var(--soft) }
img { width:100%; height:auto; display:block }
table { border-collapse:collapse; width:100% }
th,td { text-align:left; padding:.45rem .6rem; border-bottom:1px solid var(--line);
  vertical-align:top; overflow-wrap:anywhere }
th { font-size:.85rem; color:var(--soft); font-weight:600 } td.n,th.n { text-align:right;
  white-space:nowrap; font-variant-numeric:tabular-nums }
.bar { display:block; height:.4rem; background:var(--blue); border-radius:3px; margin-top:.35rem }
details { border-bottom:1px solid var(--line); padding:.55rem 0 }
summary { cursor:pointer } summary b { display:inline-block; min-width:3rem }
ul { margin:.4rem 0 .6rem 3rem; padding:0 } pre { background:var(--tint); padding:.8rem 1rem;
  border:1px solid var(--line); border-radius:8px; overflow:auto; margin:.4rem 0 .6rem 3rem;
  white-space:pre-wrap; overflow-wrap:anywhere }
code { background:var(--tint) } footer { color:var(--soft); font-size:.85rem; margin-top:1.5rem }
@media print { body { background:#fff } section { break-inside:avoid } }
"""


def page(activity: Activity, groups: Sequence[Group], questions: Mapping[str, str]) -> str:
    """The whole page.

    Args:
        activity: what happened.
        groups: the questions without an answer, grouped.
        questions: the question of each answer, by its id.
    """
    offered = {turn.text: turn.offered for turn in activity.unanswered()}
    parts = [
        f"<h1>What patients asked</h1><p>{escape(str(activity.period))}</p>",
        _totals(activity),
    ]
    if activity.turns:
        parts += [
            _plot("Messages by day", volume_plot(activity), _volume_in_words(activity)),
            _unanswered(groups, offered),
            _most_asked(activity, questions),
            _disliked(activity.disliked(), questions),
            _escalations(activity),
            _plot("Hours of use", hours_plot(activity), "Messages by weekday and hour."),
        ]
    else:
        parts.append(
            "<section><h2>Nothing yet</h2><p>No patient wrote in this time. If that is a "
            "surprise, check that the website embeds the widget and that this command uses the "
            "server's own <code>FAQBOT_DATABASE_URL</code> or <code>FAQBOT_VAR</code>.</p>"
            "</section>"
        )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        # Whatever a patient typed, this page loads and runs nothing.
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'; img-src data:\">"
        f"<title>What patients asked</title><style>{_STYLE}</style></head><body><main>"
        + "".join(parts)
        + "<footer>Names, numbers and dates that were recognised in messages are masked; others "
        "may be left. Keep this page as you keep patient records, and delete it after use."
        "</footer></main></body></html>"
    )


def _totals(activity: Activity) -> str:
    asked = len(activity.turns)
    up = sum(turn.rating > 0 for turn in activity.turns)
    unanswered = activity.count("suggested", "declined")
    escalated = activity.count("escalated_emergency", "escalated_same_day", "escalated_routine")

    def share(count: int) -> str:
        return f" <small>{count / asked:.0%}</small>" if asked else ""

    tiles = [
        ("Conversations", str(activity.conversations)),
        ("Messages", str(asked)),
        ("Answered", f"{activity.count('answered')}{share(activity.count('answered'))}"),
        ("Without an answer", f"{unanswered}{share(unanswered)}"),
        ("Sent to a person", f"{escalated}{share(escalated)}"),
        ("Thumbs up / down", f"{up} / {len(activity.disliked())}"),
    ]
    return "<dl>" + "".join(f"<div><dt>{a}</dt><dd>{b}</dd></div>" for a, b in tiles) + "</dl>"


def _plot(title: str, image: str, words: str) -> str:
    return (
        f"<section><h2>{title}</h2><p>{escape(words)}</p>"
        f'<img src="{image}" alt="{escape(words)}"></section>'
    )


def _volume_in_words(activity: Activity) -> str:
    counted = [
        f"{label.lower()} {count}"
        for outcome, (label, _) in OUTCOMES.items()
        if (count := activity.count(outcome))
    ]
    return f"By outcome: {', '.join(counted)}."


def _unanswered(groups: Sequence[Group], offered: Mapping[str, Sequence[str]]) -> str:
    if not groups:
        return _section("Questions without an answer", "Every question had an answer.")
    shown = "".join(_group(group, offered) for group in groups[:MOST_GROUPS])
    rest = len(groups) - MOST_GROUPS
    if rest > 0:
        shown += f"<p>And {rest} smaller groups.</p>"
    return _section(
        "Questions without an answer",
        "Questions that are alike stand together, the most frequent first. Open one to see "
        "other wordings, what was offered instead, and lines to start from in your own words "
        "(docs/content-guide.md: “From an unanswered question to a new answer”).",
        shown,
    )


def _group(group: Group, offered: Mapping[str, Sequence[str]]) -> str:
    first = group.texts[0][0]
    others = "".join(
        f"<li>{escape(text)}{f' ({times}×)' if times > 1 else ''}</li>"
        for text, times in group.texts[1:_SHOWN_OF_A_GROUP]
    )
    more = len(group.texts) - _SHOWN_OF_A_GROUP
    others += f"<li>… and {more} more</li>" if more > 0 else ""
    instead = "; ".join(offered.get(first, ()))
    lines = "\n".join(f"    - {text}" for text, _ in group.texts[:_SHOWN_OF_A_GROUP])
    return (
        f"<details><summary><b>{group.count}×</b> {escape(first)}</summary>"
        + (f"<ul>{others}</ul>" if others else "")
        + (f"<ul><li>Offered instead: {escape(instead)}</li></ul>" if instead else "")
        + f"<pre>- intent: faq/…\n  examples: |\n{escape(lines)}</pre></details>"
    )


def _most_asked(activity: Activity, questions: Mapping[str, str]) -> str:
    ranked = activity.answers().most_common(MOST_ROWS)
    if not ranked:
        return _section("Most asked answers", "No answer was given.")
    most = ranked[0][1]
    rows = ""
    for faq_id, count in ranked:
        up, down = activity.thumbs(faq_id)
        rows += (
            f"<tr><td>{escape(questions.get(faq_id, faq_id))} <code>{escape(faq_id)}</code>"
            f'<span class="bar" style="width:{100 * count / most:.0f}%"></span></td>'
            f'<td class="n">{count}</td><td class="n">{up}</td><td class="n">{down}</td></tr>'
        )
    heads = (
        '<th>Answer</th><th class="n">Times</th><th class="n">Thumbs up</th><th class="n">Down</th>'
    )
    return _section("Most asked answers", "", _table(heads, rows))


def _disliked(turns: Sequence[Turn], questions: Mapping[str, str]) -> str:
    if not turns:
        return _section("Thumbs down", "Nobody gave a thumb down.")
    rows = ""
    for turn in turns[:MOST_ROWS]:
        given = "; ".join(questions.get(faq_id, faq_id) for faq_id in turn.answers)
        label = OUTCOMES.get(turn.outcome, (turn.outcome, ""))[0]
        rows += (
            f"<tr><td>{turn.at:%b %-d}</td><td>{escape(turn.text)}</td>"
            f"<td>{escape(given or label)}</td><td>{escape(turn.reason)}</td></tr>"
        )
    heads = "<th>Day</th><th>The patient wrote</th><th>Got</th><th>Reason given</th>"
    note = f"The latest {MOST_ROWS} of {len(turns)}." if len(turns) > MOST_ROWS else ""
    return _section("Thumbs down", note, _table(heads, rows))


def _escalations(activity: Activity) -> str:
    rules = activity.rules()
    if not rules:
        return _section("Escalations by rule", "No red flag was found.")
    ranked = sorted(rules.items(), key=lambda item: (list(_LEVELS).index(item[0][1]), -item[1]))
    rows = "".join(
        f"<tr><td>{_LEVELS[level]}</td><td><code>{escape(rule)}</code></td>"
        f'<td class="n">{count}</td></tr>'
        for (rule, level), count in ranked
    )
    heads = '<th>Level</th><th>Rule (data/triage)</th><th class="n">Times</th>'
    return _section("Escalations by rule", "", _table(heads, rows))


def _section(title: str, words: str, content: str = "") -> str:
    return f"<section><h2>{title}</h2>{f'<p>{words}</p>' if words else ''}{content}</section>"


def _table(heads: str, rows: str) -> str:
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
