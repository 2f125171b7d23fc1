"""The demo's past: what its groups said before it starts, signed as groups sign, on real dates."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias

from wayhome import campaign as packs
from wayhome.campaign import Campaign, Text, Version
from wayhome.channel.service import Ties, Writing, write
from wayhome.crypto import keys
from wayhome.crypto.keys import SecretKey
from wayhome.groups import service as groups
from wayhome.groups.caseworker import Caseworker
from wayhome.groups.service import DAY, Founding
from wayhome.packfile import PackFault
from wayhome.records.draft import Draft
from wayhome.records.record import Record
from wayhome.records.signing import sign

FOUNDED = dt.date(2023, 9, 22)
_Step: TypeAlias = tuple[dt.date, Callable[[], None]]


@dataclass(slots=True)
class Voice:
    """A group's organisers, who are all of one mind but once: what one writes, others sign too."""

    word: str
    k: int
    secrets: Sequence[SecretKey]
    id: str = ""
    charter: str = ""  # the one in force; while there are two, the branch that speaks
    lines: list[bytes] = field(default_factory=list)
    _founding: Founding | None = None
    _heads: list[str] = field(default_factory=list)
    _said: list[str] = field(default_factory=list)  # under the charter in force

    @property
    def speaker(self) -> tuple[str, str]:
        """The group and the charter under which it speaks."""
        return self.id, self.charter

    def found(self, founding: Founding, day: int) -> None:
        """Found the group; every organiser signs."""
        self._founding = replace(founding, organisers=_public(self.secrets))
        self.id = self.charter = self._signed(groups.found(self._founding, day), self.secrets).id

    def say(self, draft: Draft) -> Record:
        """Sign a draft as the group: one organiser writes, and as many cosign as are needed."""
        record = self._signed(draft, self.secrets[: self.k])
        self._said.append(record.id)
        return record

    def link(self, other: "Voice", day: int) -> None:
        """Say that the group knows another, and the charter that it saw in force."""
        self.say(groups.link_to(*self.speaker, other.id, other.charter, day))

    def part(self, day: int) -> None:
        """Split: two amendments of one charter, each official, each without one of the organisers.

        Where k is more than half of them, somebody must have signed both.
        """
        if self._founding is None or self.k >= len(self.secrets):
            message = f"{self.word}: to split, a group needs more organisers than its k"
            raise PackFault("campaign.toml", "bad-value", message)
        for branch in (self.secrets[:-1], self.secrets[1:]):
            after = replace(self._founding, organisers=_public(branch))
            self._heads.append(self._amend([self.charter], after, branch, day))
        self.charter = self._heads[0]

    def heal(self, day: int) -> None:
        """End the split: one charter that names both, signed by all who were there before."""
        if self._founding is None:
            raise AssertionError("only what was founded can be healed")
        self.charter = self._amend(self._heads, self._founding, self.secrets, day)
        self._said = []

    def name_caseworkers(self, named: Sequence[Caseworker], day: int) -> None:
        """Amend the charter: it names those who read families' reports from now on."""
        if self._founding is None:
            raise AssertionError("only what was founded can be amended")
        self._founding = replace(self._founding, caseworkers=tuple(named))
        hybrid = [text for one in named for text in one.hybrid]
        keys_ = groups.keys_of_season(self.id, self.charter, hybrid, day)
        self.lines.append(sign(keys_, self.secrets[0]).line)
        self.charter = self._amend([self.charter], self._founding, self.secrets, day)
        self._said = []

    def _amend(
        self, prev: Iterable[str], after: Founding, signers: Sequence[SecretKey], day: int
    ) -> str:
        return self._signed(groups.amend(self.id, prev, after, self._said, day), signers).id

    def _signed(self, draft: Draft, signers: Sequence[SecretKey]) -> Record:
        record = sign(draft, signers[0])
        cosign = groups.cosign_of(record, *groups.charter_of(record), draft.created_at)
        self.lines += [record.line, *(sign(cosign, secret).line for secret in signers[1:])]
        return record


def tell_history(
    pack: Path, campaign: Campaign, voices: Mapping[str, Voice], foundings: Mapping[str, Founding]
) -> None:
    """Found the groups, link them, split and heal one, and publish their texts, day by day."""
    first = at_day(FOUNDED)
    for word, founding in foundings.items():
        voices[word].found(founding, first)
    for one in voices.values():
        for other in voices.values():
            if other is not one:
                one.link(other, first + DAY)
    said: dict[str, Record] = {}
    steps = [*_dispute(campaign, voices), *_texts(pack, campaign, voices, said)]
    for _, step in sorted(steps, key=lambda step: step[0]):
        step()


def _dispute(campaign: Campaign, voices: Mapping[str, Voice]) -> list[_Step]:
    if campaign.dispute is None:
        return []
    told = campaign.dispute
    voice = voices[told.group]

    def heal() -> None:
        voice.heal(at_day(told.healed))
        for other in voices.values():  # links are renewed, so that the healed charter is witnessed
            if other is not voice:
                other.link(voice, at_day(told.healed) + DAY)

    return [(told.date, lambda: voice.part(at_day(told.date))), (told.healed, heal)]


def _texts(
    pack: Path, campaign: Campaign, voices: Mapping[str, Voice], said: dict[str, Record]
) -> list[_Step]:
    steps: list[_Step] = []
    for text in campaign.text:
        author = _Author(pack, voices[text.group], text, said)
        steps.append((text.date, author.publish))
        if text.corrected and text.corrected.ru:
            steps.append((text.corrected.date, author.correct))
    return steps


@dataclass(frozen=True, slots=True)
class _Author:
    """A text on its way to be published; `said` has the originals that were, by their words."""

    pack: Path
    voice: Voice
    text: Text
    said: dict[str, Record]

    def publish(self) -> None:
        text = self.text
        ties = Ties(adopts=self._original(text.adopts) if text.adopts else "")
        self.said[text.word] = self._write(text.ru, "ru", text.date, ties)
        if text.en:
            ties = replace(ties, translates=self._original(text.word))
            self._write(text.en, "en", text.date, ties)

    def correct(self) -> None:
        corrected = self.text.corrected
        if corrected and corrected.ru:
            ties = Ties(corrects=self._original(self.text.word))
            self._write(corrected.ru, "ru", corrected.date, ties)

    def _original(self, word: str) -> str:
        if word not in self.said:
            message = f"{self.text.word}: there is no text {word} before it"
            raise PackFault("campaign.toml", "no-such-name", message)
        return self.said[word].id

    def _write(self, version: Version, lang: str, date: dt.date, ties: Ties) -> Record:
        form = self.text.form if self.text.form in ("manifesto", "appeal") else "post"
        text = packs.read_text(self.pack, version.file)
        writing = Writing(version.title, lang, text, form)  # type: ignore[arg-type] # one of Form's words
        return self.voice.say(write(self.voice.speaker, writing, at_day(date), ties))


def at_day(date: dt.date) -> int:
    """Give the moment at which a day begins, UTC."""
    return int(dt.datetime.combine(date, dt.time(), dt.UTC).timestamp())


def _public(secrets: Sequence[SecretKey]) -> tuple[str, ...]:
    return tuple(keys.public_key(secret) for secret in secrets)
