"""Markdown documents from a random generator that knows what each of them shows, and from where.

While it writes a document it notes every character a reader will see and the raw span that
character comes from, so a renderer and its map can be checked against something other than
themselves.
"""

import random
from dataclasses import dataclass, field

WORDS = [
    *("the", "tides", "office", "a", "moon", "naïve", "x1", "WAVE", "it's"),
    *("天空", "蓝色的", "散射", "日本語"),
    *("שלום", "עולם", "السماء"),
    *("😀", "👩‍👩‍👧", "🇩🇪", "e\u0301t"),
]
ENTITIES = {"&amp;": "&", "&lt;": "<", "&copy;": "©", "&#65;": "A", "&#x1F600;": "😀"}
ESCAPED = "*_`#[]\\<>|!"
Seen = tuple[str, int, int]  # a displayed character and its raw span


@dataclass
class Document:
    """Raw Markdown, and every displayed character that has a source, in order."""

    raw: str = ""
    seen: list[Seen] = field(default_factory=list)

    def hidden(self, raw: str) -> None:
        """Write markup."""
        self.raw += raw

    def text(self, raw: str) -> None:
        """Write characters that are shown as they are."""
        for character in raw:
            self.seen.append((character, len(self.raw), len(self.raw) + 1))
            self.raw += character

    def replaced(self, raw: str, shown: str) -> None:
        """Write something that is shown as something else, as a whole."""
        start = len(self.raw)
        self.raw += raw
        self.seen += [(c, start, len(self.raw)) for c in shown]


def markdown_document(chance: random.Random) -> Document:
    """A document of a few blocks."""
    document = Document()
    for _ in range(chance.randrange(1, 6)):
        chance.choice(_BLOCKS)(document, chance)
        document.hidden("\n")
    return document


def _inline(document: Document, chance: random.Random, *, in_table: bool = False) -> None:
    """A few pieces of text with spaces between them, beginning and ending in a plain word."""
    document.text(chance.choice(WORDS))
    for _ in range(chance.randrange(0, 7)):
        document.text(" ")
        _piece(document, chance, in_table=in_table)
    document.text(" ")
    document.text(chance.choice(WORDS))


def _piece(document: Document, chance: random.Random, *, in_table: bool) -> None:
    word = chance.choice(WORDS)
    match chance.randrange(12):
        case 0:
            _wrapped(document, "**", word)
        case 1:
            _wrapped(document, "*", word)
        case 2:
            _wrapped(document, "~~", word)
        case 3:
            document.hidden("`")
            document.text(f"{word} *not* {word}")
            document.hidden("`")
        case 4:  # a target that holds the very words that are shown
            document.hidden("[")
            document.text(word)
            document.hidden(f'](http://{word}.example/{word} "{word}")')
        case 5:
            entity, shown = chance.choice(list(ENTITIES.items()))
            document.replaced(entity, shown)
        case 6:
            character = chance.choice(ESCAPED)
            document.hidden("\\")
            document.text(character)
        case 7:
            document.hidden("![")
            document.text(word)
            document.hidden("](picture.png)")
        case 8:
            document.text("<b>")
            document.text(word)
            document.text("</b>")
        case 9 if in_table:
            document.replaced("<br>", "\n")
            document.text(word)
        case 9:
            document.hidden("<")
            document.text("http://example.com/a")
            document.hidden(">")
        case 10:
            document.hidden("***")
            document.text(word)
            document.hidden("***")
        case _:
            document.text(word)


def _wrapped(document: Document, mark: str, word: str) -> None:
    document.hidden(mark)
    document.text(word)
    document.hidden(mark)


def _paragraph(document: Document, chance: random.Random, indent: str = "") -> None:
    _inline(document, chance)
    for _ in range(chance.randrange(0, 3)):
        if chance.random() < 0.3:
            document.replaced("  \n", "\n")
        else:
            document.replaced("\n", " ")
        document.hidden(indent)
        _inline(document, chance)
    document.hidden("\n")


def _heading(document: Document, chance: random.Random) -> None:
    document.hidden("#" * chance.randrange(1, 7) + " ")
    _inline(document, chance)
    document.hidden("\n")


def _quote(document: Document, chance: random.Random) -> None:
    document.hidden("> ")
    _paragraph(document, chance, indent="> ")


def _list(document: Document, chance: random.Random, indent: str = "") -> None:
    kind = chance.choice(["bullet", "number", "task"])
    first = 1 if indent else chance.randrange(1, 12)  # another could not interrupt a paragraph
    for number in range(first, first + chance.randrange(1, 5)):
        document.hidden(indent)
        if kind == "number":
            document.text(f"{number}.")
            width = len(f"{number}. ")
        elif kind == "bullet":
            document.replaced("-", "•")
            width = 2
        else:
            box, shown = chance.choice([("- [ ]", "☐"), ("- [x]", "☑")])
            document.replaced(box, shown)
            width = 2
        document.hidden(" ")
        inner = indent + " " * width
        _inline(document, chance)
        document.hidden("\n")
        if len(indent) < 4 and chance.random() < 0.2:
            _list(document, chance, inner)
    if not indent:
        document.hidden("\n")
        _heading(document, chance)  # or else the next list would go on counting this one


def _code(document: Document, chance: random.Random) -> None:
    document.hidden("```python\n")
    lines = [
        chance.choice(
            ["def f(x):", "    return *x*", "", "# `a` &amp; **b**", chance.choice(WORDS)]
        )
        for _ in range(chance.randrange(1, 5))
    ] + ["end"]
    document.text("\n".join(lines))
    document.hidden("\n```\n")


def _table(document: Document, chance: random.Random) -> None:
    columns = chance.randrange(1, 4)
    for row in range(chance.randrange(2, 5)):
        for _ in range(columns):
            document.hidden("| ")
            _inline(document, chance, in_table=True)
            document.hidden(" ")
        document.hidden("|\n")
        if row == 0:
            document.hidden(
                "|" + "|".join(chance.choices(["---", ":-:", "--:"], k=columns)) + "|\n"
            )


def _rule(document: Document, chance: random.Random) -> None:
    document.hidden("\n---\n")


_BLOCKS = (_paragraph, _paragraph, _heading, _quote, _list, _code, _table, _rule)
