"""Six answers, a greeting and what is out of scope: enough to train a reader in a second."""

from __future__ import annotations

from bot.understanding import Example, FollowUpExample, LastAnswer

EXAMPLES = {
    "faq/storage": (
        "where do i keep the pens",
        "should it be in the fridge",
        "how do i store dupixent",
        "storing the injection at home",
        "what temperature should the syringes be kept at",
        "keep dupixent refrigerated?",
    ),
    "faq/travel": (
        "can i fly with my pens",
        "taking dupixent on a plane",
        "how do i travel with the injection",
        "airport security and my syringes",
        "going on holiday with dupixent",
        "how do i pack it for a trip",
    ),
    "faq/hair_loss": (
        "does it make your hair fall out",
        "hair loss on dupixent",
        "i am losing hair since the injection",
        "is my hair thinning because of this",
        "can dupixent cause baldness",
        "clumps of hair in the shower",
    ),
    "faq/weight_gain": (
        "does it make you gain weight",
        "weight gain on dupixent",
        "i put on ten pounds since starting",
        "can the injection make me fat",
        "am i heavier because of dupixent",
        "does it change your weight",
    ),
    "faq/alcohol": (
        "can i drink on it",
        "is wine ok with dupixent",
        "beer and dupixent",
        "drinking alcohol while on the injection",
        "can i have a cocktail",
        "does alcohol matter",
    ),
    "faq/how_common": (
        "how common are flares",
        "is a flare common",
        "how many people flare on dupixent",
        "what share of patients gets worse",
        "how often do flares happen",
        "are flares rare",
    ),
    "greeting": ("hello", "hi there", "good morning", "hey", "good evening", "hi"),
    "out_of_scope": (
        "what is the weather tomorrow",
        "book me a flight to paris",
        "who won the game",
        "tell me a joke",
        "what is the capital of france",
        "write a poem",
        "how do i cook rice",
        "play some music",
    ),
}
QUESTIONS = {
    "storage": "How do I store Dupixent?",
    "travel": "How do I travel with Dupixent?",
    "hair_loss": "Does Dupixent cause hair loss?",
    "weight_gain": "Does Dupixent cause weight gain?",
    "alcohol": "Can I drink alcohol while on Dupixent?",
    "how_common": "How common are flares on Dupixent?",
}


MORE = (
    "is that common?",
    "how long does it last",
    "but why",
    "how bad does it get",
    "even at night?",
    "really, all of it?",
    "for how many weeks then",
    "and if it doesn't stop?",
)
OTHER = {
    "storage": ("and in the fridge?", "where do i keep them then", "n the temperature?"),
    "travel": ("and on a plane?", "what about airport security", "on holiday too?"),
    "hair_loss": ("what about hair", "and does hair fall out", "baldness as well?"),
    "weight_gain": ("and my weight?", "do i get fat too", "what about the pounds"),
    "alcohol": ("and beer?", "wine too?", "so a cocktail is fine"),
    "how_common": ("are flares rare then", "and flares, how many get one", "flares too?"),
}
NOTHING = ("my cat is grey", "hm i see", "and the weather?", "what does a nurse earn", "lol ok")


def follow_ups() -> list[tuple[FollowUpExample, LastAnswer]]:
    return [
        (FollowUpExample(after, text, means), LastAnswer(after))
        for after in QUESTIONS
        for means, texts in [(after, MORE), ("none", NOTHING), *OTHER.items()]
        for text in texts
    ]


def all_examples() -> list[Example]:
    return [Example(text, intent) for intent, texts in EXAMPLES.items() for text in texts]
