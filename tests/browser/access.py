"""Access: what is asked of every page by axe, the rules of WCAG 2.2 and good practice."""

import json

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

AXE_RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]


def written(page: Page) -> list[str]:
    """Fields that Firefox would write to its disk: texts not marked "off", choices newly made."""
    found: list[str] = (
        page.evaluate("""() => [...document.querySelectorAll("input, select, textarea")]
        .filter((one) => !["file", "hidden", "password"].includes(one.type))
        .filter((one) => ["radio", "checkbox"].includes(one.type)
            ? one.checked !== one.defaultChecked : one.autocomplete !== "off")
        .map((one) => one.id)""")
    )
    return found


def broken(page: Page, rules: object = AXE_RULES) -> list[tuple[str, str]]:
    """Rules that axe finds broken, each with its first place.

    Unasked it would write out and send all that holds as well, for twice the time of the search.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    told = json.dumps({"runOnly": rules, "resultTypes": ["violations"]})
    short = "found.violations.map((one) => [one.id, one.nodes[0].html])"
    found = page.evaluate(f"axe.run({told}).then((found) => {short})")
    return [(rule, place) for rule, place in found]
