"""Form: what the desk's page asks: to see something, or to do something with a case."""

import msgspec


class Form(msgspec.Struct):
    """A question of the page, in its reader's language."""

    lang: str = "en"
    view: str = ""
    deed: str = ""
    case: str = ""
    no: str = ""
    fields: dict[str, str | list[str]] = {}

    def one(self, name: str) -> str:
        """Give a field's text, empty where it was left out."""
        found = self.fields.get(name, "")
        return found if isinstance(found, str) else ""
