"""Cases of posts: what is kept, and one for each reason that refuses one."""

from collections.abc import Iterator

from groups.kind_cases import NOBODYS, Bench
from petition.kind_cases import Case, altered, by_rule
from petition_world import secret_key
from wayhome.records.record import Record


def posts(b: Bench) -> Iterator[Case]:  # noqa: PLR0915 - a list of cases
    world, author = b.world, secret_key("a")
    good = world.post(b.volga, "ab", "Мы ждём их **дома**.", title="Мы ждём", form="manifesto")
    corrected = world.post(b.volga, "ab", "Мы ждём их дома сейчас.", corrects=good.id)
    petition = "8" * 64
    tied = world.post(b.volga, "ab", "We wait", lang="en", translates=petition, adopts=b.poem.id)

    def spoilt(what: str, reason: str, **changes: object) -> Case:
        return by_rule(what, altered(good, author, **changes), f"refused: {reason}")

    yield by_rule("a manifesto", good)
    for form in ("appeal", "post"):
        yield by_rule(f"as {form}", altered(good, author, as_=(form,)))
    yield by_rule("a correction", corrected)
    yield by_rule("a translation that adopts another's", tied)
    yield spoilt("without a title", "bad-tags", title=None)
    yield spoilt("as something else", "bad-tags", as_=("decree",))
    yield spoilt("a language of three letters", "bad-tags", lang=("rus",))
    yield spoilt("a group in capitals", "bad-tags", g=("A" * 64,))
    yield spoilt("a tag of another kind", "bad-tags", more=[("x", "y")])
    ties = [("translates", petition), ("corrects", good.id), ("adopts", b.poem.id)]
    yield by_rule("with all its ties", altered(good, author, more=ties))
    yield spoilt("ties in another order", "bad-tags", more=ties[::-1])
    yield spoilt("two corrections at once", "bad-tags", more=[ties[1], ties[1]])
    yield spoilt("a tie to no id", "bad-tags", more=[("corrects", "it")])
    yield spoilt("a tie of two", "bad-tags", more=[(*ties[1], petition)])
    yield spoilt("an empty title", "bad-text", title=("",))
    yield spoilt("a title of 201 letters", "bad-text", title=("я" * 201,))
    yield spoilt("a title that begins with a space", "bad-text", title=(" Мы",))
    yield spoilt("no text", "bad-text", content="")
    yield spoilt("a text of 40,001 letters", "bad-text", content="a" * 40_001)
    yield spoilt("a text that ends with a line feed", "bad-text", content="Мы\n")
    yield by_rule("a text of 40,000 letters", altered(good, author, content="a" * 40_000))
    yield b.admitted("an organiser's", good)
    yield b.admitted("a translation of what is not held", tied)
    yield from b.shared(good, "a")
    yield b.without_room(good)
    yield b.admitted("a correction of what is held", corrected, held=[good])
    yield from _refused_corrections(b, corrected, good)


def _refused_corrections(b: Bench, corrected: Record, good: Record) -> Iterator[Case]:
    refused = "refused: unknown-record"
    yield b.admitted("a correction of what is not held", corrected, refused)
    elsewhere = b.world.post(b.ural, "u", "Уралу", corrects=good.id)
    yield b.admitted("a correction of another group's", elsewhere, refused, held=[good])
    foreign = altered(corrected, secret_key("a"), lang=("en",))
    yield b.admitted("a correction in another language", foreign, refused, held=[good])
    lost = altered(corrected, secret_key("a"), corrects=(NOBODYS,))
    yield b.admitted("a correction of nothing", lost, refused)
