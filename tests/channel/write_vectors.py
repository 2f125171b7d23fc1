"""Write the vectors of `check` anew: texts, and what is said of copies of them."""

import json
from dataclasses import asdict
from pathlib import Path

from wayhome.channel.genuine import Known, judge, named_in

VECTORS = Path(__file__).parents[2] / "vectors" / "channel"
APPEAL = (
    "# Чего мы ждём\n\nМы, родные мобилизованных, требуем **назвать срок** их службы — его нет.\n"
    "Закон должен сказать, когда она кончается: [указ](https://law.example/647?x=1).\n\n"
    "1. Вернуть домой тех, кто отслужил «год» и больше.\n2) Отпустить раненых…\n"
    "> Ответа мы ждём до субботы.\n"
)
SHORT = "В субботу в полдень, на площади."
NAMES = (
    "Пишите @put_domoy и на https://t.me/put_domoy_, звоните *102#, платите 2*3 рубля,\n"
    "и ***так** тоже*, и __𝒳так__, и *вот _x* вот_, и 5_000."
)
KNOWN = [
    Known("a" * 64, "Обращение к Думе", APPEAL),
    Known("b" * 64, "Собрание родных переносится", SHORT),
    Known("c" * 64, "Как нас найти", NAMES),
]
PLAIN = APPEAL.replace("**", "").replace("# ", "").replace("> ", "").replace("1. ", "")
CASES = {
    "to the letter": APPEAL,
    "with its title": f"Обращение к Думе\n{APPEAL}",
    "with its number behind it": f"{APPEAL}\n{'a' * 64}\n",
    "with another's number behind it": f"{APPEAL}\n{'b' * 64}\n",
    "its title alone": "Собрание родных переносится",
    "without marks": PLAIN,
    "in one line": APPEAL.replace("\n", " "),
    "as a page shows its link": APPEAL.replace(
        "[указ](https://law.example/647?x=1)", "указ (law.example)"
    ),
    "with another host": APPEAL.replace(
        "[указ](https://law.example/647?x=1)", "указ (low.example)"
    ),
    "other quotes, dashes, dots and letters": APPEAL.replace("«", "“")
    .replace("»", '"')
    .replace("—", "-")
    .replace("…", "...")
    .replace("ё", "е"),
    "letters in two parts": APPEAL.replace("й", "и\u0306").replace("ё", "е\u0308"),
    "signs that nobody sees": APPEAL.replace("о", "о\u200b").replace("С", "\u2066С\u2069"),
    "spaces of every width": APPEAL.replace(" ", "\u2009\u00a0").replace("\n", "\r\n\u2028"),
    "a piece": "Вернуть домой тех, кто отслужил год и больше",
    "a piece as it stands": "назвать срок их службы - его нет. Закон должен сказать",
    "a piece cut within a word": "адо закон должен сказать, когда она",
    "a word for another": APPEAL.replace("Отпустить", "Оставить"),
    "a word put in": APPEAL.replace("раненых", "всех раненых"),
    "a word left out": APPEAL.replace(" домой", ""),
    "two places": APPEAL.replace("родные", "семьи").replace("до субботы", "до пятницы"),
    "a letter of another alphabet": APPEAL.replace("срок", "cрок"),
    "a capital": APPEAL.replace("указ", "Указ"),
    "a digit more": APPEAL.replace("«год»", "«год 2»"),
    "a piece with its number behind it": f"Вернуть домой тех, кто отслужил «год»\n\n{'a' * 64}\n",
    "altered, with its number behind it": f"{APPEAL.replace('раненых', 'всех')}\n{'a' * 64}\n",
    "an altered piece": "Закон должен сказать, когда она начинается: указ.",
    "more behind it": f"{APPEAL}\nПереводите деньги по номеру.",
    "a short text altered": "В субботу в полночь, на площади.",
    "nobody's": "Завтра всем быть на вокзале с вещами и документами, так решили все.",
    "too short": "Мы ждём",
    "nothing": "",
    "too long": "а" * 41_001,
    "a link that leads elsewhere": APPEAL.replace("law.example", "low.example"),
    "a link that nobody signed": APPEAL.replace("родные", "[родные](https://low.example/)"),
    "without the brackets of its link": APPEAL.replace(
        "[указ](https://law.example/647?x=1)", "указ"
    ),
    "another point's number": APPEAL.replace("2) ", "3) "),
    "a messenger's stars": APPEAL.replace("**", "*"),
    "signs that turn words around": APPEAL.replace("срок", "\u202eкорс\u202c"),
    "a mark of direction": APPEAL.replace("срок", "\u200fсрок"),
    "a piece with another link": "когда она кончается: [указ](https://low.example/647?x=1).",
    "a name with its underlines": NAMES,
    "a name without its underline": NAMES.replace("put_domoy", "putdomoy"),
    "a name with one more": NAMES.replace("@put_domoy", "@_put_domoy_"),
    "a sum without its star": NAMES.replace("2*3", "23"),
    "a call without its star": NAMES.replace("*102#", "102#"),
    "emphasis within emphasis": NAMES.replace("***", "").replace("__", ""),
    "emphasis that crosses": NAMES.replace("_x*", "x*"),
    "a lone star": "2 * 2 = 4, и 2 _ 2 тоже, а больше ничего здесь не написано",
}
NAMED = [
    "a" * 64,
    " abcd" * 16,
    f"https://x.example/ru/post/{'a' * 64}.html",
    f"http://x.example/copy/en/petition/{'a' * 64}/count.html#x",
    f"https://x.example/ru/group/{'a' * 64}.html",
    "https://x.example/s/0123456789abcdef",
    "https://x.example/s/0123456789abcdef#1",
    "смотрите https://x.example/s/0123456789abcdef",
    "",
]


def vectors() -> dict[str, object]:
    cases = []
    for name, asked in CASES.items():
        said = asdict(judge(asked, KNOWN))
        for one, change in zip(said["changes"], judge(asked, KNOWN).changes, strict=True):
            one["looks_alike"] = change.looks_alike
        cases.append({"name": name, "asked": asked, "answer": said})
    return {
        "known": [asdict(one) for one in KNOWN],
        "cases": cases,
        "named": [[asked, named_in(asked)] for asked in NAMED],
    }


def main() -> None:
    text = json.dumps(vectors(), ensure_ascii=False, indent=1)
    (VECTORS / "genuine.json").write_text(f"{text}\n", "utf-8")


if __name__ == "__main__":
    main()
