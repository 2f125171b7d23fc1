"""A whole petition in memory: groups, keys, desks and signers, with real cryptography."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256, sha512
from itertools import count

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from gmpy2 import next_prime

from wayhome.crypto import keys
from wayhome.crypto.keys import SecretKey
from wayhome.crypto.rawrsa import Signer as RawSigner
from wayhome.crypto.stamps import StampKey, spki_of
from wayhome.petition.kinds.acceptance import Acceptance
from wayhome.petition.kinds.petition import Petition, Place
from wayhome.petition.kinds.signature import make_panel
from wayhome.petition.outcome import Recount
from wayhome.petition.panel import Panel
from wayhome.petition.part import Scope, check_part
from wayhome.petition.recount import recount
from wayhome.petition.service import (
    draft_acceptance,
    draft_closing_list,
    draft_counter,
    draft_final_counter,
    draft_first_counter,
    draft_petition,
)
from wayhome.petition.signer import Signer
from wayhome.petition.tally import Tally
from wayhome.records.draft import Draft
from wayhome.records.record import Record
from wayhome.records.signing import sign

OPEN = 1_801_440_000
DAY = 86_400
DAYS = 10


@cache
def stamp_secret(number: int) -> bytes:
    """Give the n-th stamp secret: the same in every run, and made in a few milliseconds."""
    seeds = (sha512(b"%d %d" % (number, i)).digest() for i in count())
    primes = (
        int(next_prime(int.from_bytes(sha512(one).digest() + one) | 3 << 1022)) for one in seeds
    )
    p, q = next(primes), next(primes)
    private = rsa.RSAPrivateNumbers(
        p=p,
        q=q,
        d=(d := pow(65_537, -1, (p - 1) * (q - 1))),
        dmp1=d % (p - 1),
        dmq1=d % (q - 1),
        iqmp=pow(q, -1, p),
        public_numbers=rsa.RSAPublicNumbers(65_537, p * q),
    )
    der, pkcs8 = serialization.Encoding.DER, serialization.PrivateFormat.PKCS8
    return private.private_key().private_bytes(der, pkcs8, serialization.NoEncryption())


@cache
def stamp_spki(number: int) -> bytes:
    return spki_of(stamp_secret(number))


def secret_key(word: str) -> SecretKey:
    """Give a secret key that is the same in every run."""
    return SecretKey(sha256(word.encode()).digest())


@dataclass
class Group:
    """A group with its organisers, one node, and its desk for one petition."""

    word: str
    k: int = 2
    size: int = 3
    organisers: list[SecretKey] = field(default_factory=list)
    charter: Record | None = None
    records: list[Record] = field(default_factory=list)
    number: int = 0

    def __post_init__(self) -> None:
        """Found the group: the first organiser writes, the others sign too."""
        if not self.organisers:
            self.organisers = [secret_key(f"{self.word} {i}") for i in range(self.size)]
        self.charter = self.say(Draft(3960, self.charter_tags(), "", OPEN - 20 * DAY), charter=True)

    def charter_tags(self) -> tuple[tuple[str, ...], ...]:
        return (
            ("name", self.word),
            ("k", str(self.k)),
            *(("organiser", keys.public_key(one)) for one in self.organisers),
            ("lang", "ru"),
            ("node", f"https://{self.word}.example", self.node_key),
        )

    @property
    def id(self) -> str:
        assert self.charter is not None
        return self.charter.id

    @property
    def node_secret(self) -> SecretKey:
        return secret_key(f"{self.word} node")

    @property
    def node_key(self) -> str:
        return keys.public_key(self.node_secret)

    @property
    def desk_secret(self) -> SecretKey:
        return secret_key(f"{self.word} desk")

    @property
    def stamp_secret(self) -> bytes:
        return stamp_secret(self.number)

    @property
    def spki(self) -> bytes:
        return stamp_spki(self.number)

    @property
    def kid(self) -> str:
        return StampKey.of(self.spki).kid

    def say(self, draft: Draft, *, by: int | None = None, charter: bool = False) -> Record:
        """Sign by the first organiser and cosign by as many as are needed (or ``by``)."""
        record = sign(draft, self.organisers[0])
        self.records.append(record)
        enough = len(self.organisers) if charter else self.k
        named = record.id if charter else self.id
        for one in self.organisers[1 : by if by is not None else enough]:
            self.records.append(self.cosign(one, record, named))
        return record

    def cosign(self, organiser: SecretKey, record: Record, charter: str) -> Record:
        group = record.id if self.charter is None else self.id
        tags = (("e", record.id), ("g", group), ("charter", charter))
        return sign(Draft(3961, tags, "", record.created_at), organiser)

    def amend(self, sealed: Iterable[str], *, name: str = "", node: str = "") -> Record:
        """Replace the charter by one that lists what was official."""
        assert self.charter is not None
        changed = {"name": ("name", name), "node": ("node", f"https://{self.word}.example", node)}
        given = {"name": name, "node": node}
        tags = [changed[tag[0]] if given.get(tag[0]) else tag for tag in self.charter_tags()]
        head = [("g", self.id), ("prev", self.charter.id)]
        more = [("sealed", one) for one in sealed]
        draft = Draft(3960, (*head, *tags, *more), "", OPEN)
        record = sign(draft, self.organisers[0])
        self.records.append(record)
        self.records += [self.cosign(one, record, self.id) for one in self.organisers[1:]]
        return record


class World:
    """A petition with its panel; every step adds records, and `lines` gives them all."""

    def __init__(  # noqa: PLR0913 - each has its default
        self,
        n: int = 2,
        q: int = 2,
        *,
        groups: Sequence[Group] | None = None,
        options: Sequence[str] = (),
        regions: Sequence[str] = (),
        ceiling: int = 500,
    ) -> None:
        words = ("volga", "ural", "siberia")[:n]
        self.groups = list(groups or (Group(w, number=i + 1) for i, w in enumerate(words)))
        window = DAYS * DAY if options or regions else DAY
        self.asked = Petition(
            group=self.groups[0].id,
            charter=self.groups[0].id,
            title="Верните мобилизованных домой",
            lang="ru",
            basis="voucher",
            basis_text="по одному талону от каждой группы, лично",
            open=OPEN,
            close=OPEN + DAYS * DAY,
            window=window,
            q=q,
            panel=tuple(Place(one.id, one.kid) for one in self.groups),
            options=tuple((str(i + 1), label) for i, label in enumerate(options)),
            regions=tuple((code, code.upper()) for code in regions),
        )
        text = "Мы, родные мобилизованных, требуем установить срок их возвращения."
        self.petition = self.groups[0].say(draft_petition(self.asked, text, OPEN - 10 * DAY))
        self.accepted = [self.accept(one, ceiling) for one in self.groups]
        keys_of = {one.kid: one.spki for one in self.groups}
        self.panel: Panel = make_panel(self.petition, keys_of)
        self.extra: list[Record] = []
        self.spoilt: list[bytes] = []  # lines that are no records
        self.files: dict[str, bytes] = {}
        self.counters: dict[str, list[Record]] = {}
        self.finals: list[Record] = []

    def accept(self, group: Group, ceiling: int = 500, **changes: object) -> Record:
        """Publish a group's acceptance."""
        said: dict[str, object] = {
            "group": group.id,
            "charter": group.id,
            "petition": self.petition.id,
            "spki": group.spki,
            "stamping": keys.public_key(group.desk_secret),
            "ceiling": ceiling,
            "urls": (f"https://{group.word}.example/desk",),
            "prev": None,
        }
        return group.say(draft_acceptance(Acceptance(**(said | changes)), OPEN - 9 * DAY))  # type: ignore[arg-type]

    def signer(self, *, groups: Sequence[Group] | None = None) -> Signer:
        chosen = groups or self.groups[: self.asked.q]
        return Signer.begin(self.panel, [one.id for one in chosen])

    def stamps(self, signer: Signer) -> dict[str, bytes]:
        """Let the desks stamp what the signer asks."""
        secrets = {one.id: one.stamp_secret for one in self.groups}
        return {
            one.seat.group: raw_signer(secrets[one.seat.group]).sign(one.blinded)
            for one in signer.questions
        }

    def sign_up(
        self,
        day: int = 0,
        *,
        groups: Sequence[Group] | None = None,
        signer: Signer | None = None,
        **choice: str,
    ) -> tuple[Signer, Record]:
        """Let one person sign on a day."""
        who = signer or self.signer(groups=groups)
        draft = who.draft(self.stamps(who), OPEN + day * DAY, **choice)
        record = sign(draft, who.secret_key)
        self.extra.append(record)
        return who, record

    def withdraw(self, signer: Signer, day: int = 5) -> Record:
        record = sign(signer.draft_withdrawal(OPEN + day * DAY), signer.secret_key)
        self.extra.append(record)
        return record

    def open_desks(self) -> None:
        """Publish every desk's counter 0."""
        for one in self.groups:
            draft = draft_first_counter(self.petition, one.id, [a.id for a in self.accepted])
            self.counters[one.word] = [sign(draft, one.desk_secret)]

    def count_up(self, issued: Mapping[str, int] | int, day: int = 1, **said: str) -> None:
        """Publish a counter of every desk."""
        for one in self.groups:
            number = issued if isinstance(issued, int) else issued[one.word]
            chain = self.counters[one.word]
            draft = draft_counter(chain[-1], number, OPEN + day * DAY, **said)
            chain.append(sign(draft, one.desk_secret))

    def finish(self, issued: Mapping[str, int] | int) -> None:
        """Publish every desk's final counter."""
        for one in self.groups:
            number = issued if isinstance(issued, int) else issued[one.word]
            chain = self.counters[one.word]
            draft = draft_final_counter(chain[-1], number, OPEN + DAYS * DAY)
            chain.append(sign(draft, one.desk_secret))
            self.finals.append(chain[-1])

    def list_up(
        self,
        groups: Sequence[Group] | None = None,
        *,
        secret: Callable[[Group], SecretKey] = lambda group: group.desk_secret,
        without: Iterable[Record] = (),
    ) -> list[Record]:
        """Publish closing lists of what there is so far, but for ``without``."""
        left_out = {one.id for one in without}
        tally = self.tally([one for one in self.extra if one.id not in left_out])
        made = []
        for one in groups if groups is not None else self.groups:
            drafted = draft_closing_list(self.petition, one.id, tally, self.finals)
            self.files |= drafted.files
            made.append(sign(drafted.draft, secret(one)))
        self.extra += made
        return made

    def tally(self, records: Iterable[Record]) -> Tally:
        part = check_part([one.line for one in records], Scope(self.petition.id, self.panel))
        return Tally.of(part.rows)

    def run(self, people: int, day: int = 0) -> list[tuple[Signer, Record]]:
        return [self.sign_up(day) for _ in range(people)]

    @property
    def records(self) -> list[Record]:
        groups = [record for one in self.groups for record in one.records]
        chains = [record for chain in self.counters.values() for record in chain]
        return [*groups, *chains, *self.extra]

    @property
    def lines(self) -> list[bytes]:
        return [*(one.line for one in self.records), *self.spoilt]

    def recount(self, lines: Iterable[bytes] | None = None, **how: bool) -> Recount:
        given = self.lines if lines is None else list(lines)
        return recount(self.petition.id, lambda: given, self.files, **how)

    def said(self) -> dict[str, object]:
        found: dict[str, object] = json.loads(self.recount().json)
        return found


@cache
def raw_signer(secret: bytes) -> RawSigner:
    return RawSigner(secret)
