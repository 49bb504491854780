"""Made-up articles with sections, each from its number alone; and the same articles edited."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

PLACES = (
    "Ormhead", "Tarnby", "Kelmore", "Saltmarsh", "Hollin Bay", "Great Wend", "Little Wend", "Askrigg Ferry",
    "Penlow", "Dunmere", "Stavely Point", "Brackwater", "Northmoor", "Eskgate", "Cawder", "Rillstone",
    "Marlhithe", "Thornsey", "Fennick", "Upper Garrow",
)  # fmt: skip
NAMES = (
    "Ada Quill", "Tom Barrow", "Ines Falk", "Jonas Reed", "Priya Nandan", "Owen Tallis", "Marta Venn",
    "Sefa Lundqvist", "Bram Holloway", "Clara Dunstan", "Yusuf Demir", "Nell Ashby", "Victor Straub",
    "Hanna Ilves", "Rhys Pennant", "Lucia Moretti", "Gordon Pike", "Amara Obi", "Kit Farraday", "Ruth Selwyn",
)  # fmt: skip
OFFICES = (
    "harbour board", "county council", "ferry company", "water authority", "school district", "fire brigade",
    "planning office", "museum trust", "fishing cooperative", "railway committee", "health service",
    "library association", "market guild", "coast watch", "housing fund", "botanical society",
)  # fmt: skip
THINGS = (
    "the north pier", "the old grain store", "the night ferry", "the flood wall", "the primary school",
    "the fish market", "the signal tower", "the reading room", "the bus garage", "the tide gauge",
    "the lower bridge", "the boat yard", "the town archive", "the weather station", "the swimming bath",
    "the quarry road", "the lifeboat house", "the concert hall", "the community orchard", "the sea lock",
)  # fmt: skip
ACTS = (
    "repair", "close", "extend", "sell", "rebuild", "insure", "rename", "survey", "lease", "drain", "repaint",
    "heat", "reopen", "move", "electrify", "protect",
)  # fmt: skip
REASONS = (
    "because the winter storms had loosened its foundations",
    "after a report had counted more visitors than in any year before",
    "although the estimate had doubled since the spring",
    "since nobody had applied for the lease within the term",
    "while the inquiry into last year's accident was still open",
    "so that the work could begin before the herring season",
    "despite a petition that carried most of the names in the electoral roll",
    "as the insurers had refused to renew the policy on the old terms",
    "once the archive had found the deed that everyone believed lost",
    "provided that the state pays its share of the cost",
)
TIMES = (
    "on Monday", "late on Tuesday", "at the meeting in March", "within a week", "in the autumn",
    "before sunrise", "shortly after noon", "for the second time this year", "at the end of the season",
    "during the long frost", "in the last days of August", "without any debate",
)  # fmt: skip
SENTENCES = (
    "The {office} of {place} decided {time} to {act} {thing} {reason}.",
    "{name} told the {office} that {number} people depend on {thing} every week.",
    "“We asked for {number} metres of cable and were given rope,” said {name}, there since {year}.",
    "In {year} the same {office} had promised to {act} {thing}, and nothing came of it.",
    "A vote on whether to {act} {thing} was put off {time} {reason}.",
    "Of the {number} letters that reached {place}, most were against the plan to {act} {thing}.",
    "{name} remembers how {thing} looked in {year}, when it was painted for the visit of the minister.",
    "The cost, put at {number} thousand crowns by the {office}, is to be shared with {place}.",
    "Nobody from {place} was hurt, but {thing} will stay shut until the engineers have been there {time}.",
    "Tickets to {place} rise by {number} pence, which {name} calls a modest sum {reason}.",
    "According to a register kept since {year}, {thing} has been flooded {number} times.",
    "Those who live near {thing} were woken {time} by the horns of {number} boats.",
    "{name} and the {office} disagree about who should {act} {thing}, and the court in {place} must decide.",
    "The plans hang in {place}, where anyone may read them {time} and write an objection.",
    "It took {number} volunteers {time} to carry the benches out of {thing}.",
    "The {office} keeps {number} volumes of minutes in {thing}, none of them copied {reason}.",
    "An engineer from {place} measured {thing} {time} and found it {number} millimetres out of true.",
    "With the help of the {office}, {name} hopes to {act} {thing} before {place} celebrates its jubilee.",
)
HEADLINES = (
    "{place} wants to {act} {thing}", "{name} and the {office}: a quarrel over {thing}",
    "Why {place} waits for {thing}", "{number} objections to the plan to {act} {thing}",
    "How the {office} lost {thing} to {place}", "{name} leaves the {office} of {place}",
)  # fmt: skip
SUBHEADS = (
    "What the {office} says", "A question of cost", "From the archive of {place}", "The view from {thing}",
    "Who pays", "What happens next", "{name} answers", "The years since {year}", "Figures of the {office}",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, empty for the first section, and paragraphs."""

    heading: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Article:
    """One article of the site."""

    number: int
    title: str
    author: str
    date: str
    sections: tuple[Section, ...]

    @property
    def path(self) -> str:
        """Its address on the site."""
        words = "".join(c if c.isalnum() else " " for c in self.title.lower().replace("’", "")).split()
        return f"/{self.date[:4]}/{'-'.join(words)}-{self.number}/"


def article(number: int) -> Article:
    """The article of that number; the same each time."""
    rng = Random(number)
    sections = [
        Section(_filled(rng.choice(SUBHEADS), rng), _paragraphs(rng)) for _ in range(rng.randint(3, 6))
    ]
    sections[0] = replace(sections[0], heading="")
    date = f"{rng.randint(2014, 2025)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
    return Article(number, title(number), rng.choice(NAMES), date, tuple(sections))


def title(number: int) -> str:
    """The title of the article of that number."""
    rng = Random(f"title {number}")
    filled = _filled(rng.choice(HEADLINES), rng)
    return filled[0].upper() + filled[1:]


def edited(old: Article) -> Article:
    """The article after an edit: a sentence is corrected, added or removed, or a paragraph is added."""
    rng = Random(f"edit {old.number}")
    at = rng.randrange(len(old.sections))
    paragraphs = list(old.sections[at].paragraphs)
    which = rng.randrange(len(paragraphs))
    sentences, new = paragraphs[which].split("  "), _filled(rng.choice(SENTENCES), rng)
    kind = rng.choice(("correct", "add", "remove", "paragraph"))
    if kind == "paragraph":
        paragraphs.insert(which, "  ".join([new, _filled(rng.choice(SENTENCES), rng)]))
    else:
        place = rng.randrange(len(sentences))
        sentences[place : place + (kind != "add")] = [] if kind == "remove" and len(sentences) > 1 else [new]
        paragraphs[which] = "  ".join(sentences)
    sections = list(old.sections)
    sections[at] = replace(sections[at], paragraphs=tuple(paragraphs))
    return replace(old, sections=tuple(sections))


def _paragraphs(rng: Random) -> tuple[str, ...]:
    """Three to six paragraphs; their sentences are two spaces apart, so that an edit finds them."""
    return tuple(
        "  ".join(_filled(rng.choice(SENTENCES), rng) for _ in range(rng.randint(2, 5)))
        for _ in range(rng.randint(3, 6))
    )


def _filled(sentence: str, rng: Random) -> str:
    return sentence.format(
        place=rng.choice(PLACES),
        name=rng.choice(NAMES),
        office=rng.choice(OFFICES),
        thing=rng.choice(THINGS),
        act=rng.choice(ACTS),
        reason=rng.choice(REASONS),
        time=rng.choice(TIMES),
        number=rng.randint(12, 998),
        year=rng.randint(1901, 2013),
    )
