"""Access: what is asked of every page by axe, the rules of WCAG 2.2 and good practice."""

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
