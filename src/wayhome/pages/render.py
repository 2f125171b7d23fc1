"""Render: templates to HTML. What is not markup is escaped; a missing value is a fault."""

import re
from types import CodeType
from typing import Any

from jinja2 import BytecodeCache, Environment, PackageLoader, StrictUndefined
from jinja2.bccache import Bucket
from jinja2.ext import Extension
from markupsafe import Markup

from wayhome.pages.plain import plain_name
from wayhome.pages.words import Words

_INDENT = re.compile(r"\n\s+")


class Templates:
    """The templates of one package in one language."""

    def __init__(self, package: str, words: Words, **known: object) -> None:
        """Open a package's `templates` folder; ``known`` is at hand in each of them."""
        self._made = Environment(
            loader=PackageLoader(package),
            autoescape=True,
            undefined=StrictUndefined,
            extensions=[_Squeezed],
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            bytecode_cache=_COMPILED.setdefault(package, _Alike()),
        )
        self._made.globals.update(
            known,
            _=words.say,
            pgettext=words.say_of,
            ngettext=words.say_many,
            words=words,
            bdi=bdi,
            lang=words.lang,
        )

    def read(self, *names: str) -> None:
        """Read templates before they are asked for: a large one takes a tenth of a second."""
        for name in names:
            self._made.get_template(name)

    def draw(self, name: str, **values: Any) -> str:  # noqa: ANN401 - templates take what they are given
        """Give the HTML of a template."""
        return self._made.get_template(name).render(values)


def bdi(name: str) -> Markup:
    """Put a stranger's name into a sentence: it turns nothing around it, and hides nothing."""
    return Markup("<bdi>%s</bdi>") % plain_name(name)


class _Alike(BytecodeCache):
    """What templates were compiled to: the same in every language."""

    def __init__(self) -> None:
        self._known: dict[str, CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give it, if it was compiled before."""
        bucket.code = self._known.get(bucket.key)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it for the other languages."""
        if bucket.code is not None:
            self._known[bucket.key] = bucket.code


_COMPILED: dict[str, _Alike] = {}  # by package: two may have templates of one name


class _Squeezed(Extension):
    """Leaves out the indentation of templates; what is put into them stays as it is."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:  # noqa: ARG002 - the library's shape
        return _INDENT.sub("\n", source)
