"""Access: what is asked of every page by axe, the rules of WCAG 2.2 and good practice."""

AXE_RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
