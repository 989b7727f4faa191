"""Make answers.json: 100 mails, the answers of three prompts to each, and what two people and a judge said of them.

usage: python make_answers.py

Everything comes from the rules below and a fixed seed, so the file is the same each time. No model was asked: the
mistakes are of the kinds that models make, and as frequent as this file says.
"""

import json
import random
from pathlib import Path

ITEMS = ["apples", "loaves", "eggs", "lemons", "candles", "pens", "cups", "tickets"]
NAMES = ["Ada", "Ben", "Chen", "Dana", "Emil", "Fay"]
#: how often each prompt's answer is right, by the kind of mail
RIGHT = {
    "a": {"plain": 0.75, "dozen": 0.45, "changed": 0.35},
    "b": {"plain": 0.94, "dozen": 0.60, "changed": 0.50},
    "c": {"plain": 0.97, "dozen": 0.90, "changed": 0.35},
}
TELLS_JSON_ONLY = {"a": 0.0, "b": 0.7, "c": 0.95}


def mail(chance, kind):
    """Return a mail, and the order in it."""
    item, name, count = chance.choice(ITEMS), chance.choice(NAMES), chance.randint(2, 9)
    if kind == "dozen":
        return f"Hello, a dozen {item} for me, please. {name}", {"item": item, "count": 12}
    if kind == "changed":
        first = count + chance.randint(1, 5)
        return f"I wanted {first} {item}, but {count} are enough now. Thanks, {name}", {"item": item, "count": count}
    return f"Dear shop, please send me {count} {item}. Yours, {name}", {"item": item, "count": count}


def wrong(chance, text, wanted):
    """Return an order that somebody could misread out of the mail."""
    numbers = [int(word) for word in text.replace(",", "").split() if word.isdigit()]
    others = [number for number in numbers if number != wanted["count"]] or [1, wanted["count"] + 1]
    return {**wanted, "count": chance.choice(others)}


def answer(chance, prompt, text, wanted, is_right):
    """Return what the model wrote."""
    order = wanted if is_right else wrong(chance, text, wanted)
    if prompt == "a":
        form = chance.choice(["The customer wants {count} {item}.", "{count} {item}", "Order: {item}, {count} pieces"])
        return form.format(**order)
    bare = json.dumps(order)
    return bare if chance.random() < TELLS_JSON_ONLY[prompt] else f"Here is the order:\n```json\n{bare}\n```"


def labels(chance, is_right, reply):
    """Return what two people said: the second one lets more pass when the answer reads well."""
    strict = is_right if chance.random() < 0.95 else not is_right
    mild = is_right or chance.random() < (0.25 if reply.startswith(("The", "Here")) else 0.08)
    return [int(strict), int(mild)]


def verdict(chance, first_right, second_right):
    """Return which of two answers the judge prefers: in doubt rather the first one."""
    likely_first = 0.5 + 0.35 * (first_right - second_right) + 0.15
    return "first" if chance.random() < likely_first else "second"


def main():
    """Write the file."""
    chance, records = random.Random(20), []
    for number in range(100):
        kind = chance.choices(["plain", "dozen", "changed"], [60, 20, 20])[0]
        text, wanted = mail(chance, kind)
        is_right = {prompt: chance.random() < RIGHT[prompt][kind] for prompt in "abc"}
        answers = {prompt: answer(chance, prompt, text, wanted, is_right[prompt]) for prompt in "abc"}
        people = {prompt: labels(chance, is_right[prompt], answers[prompt]) for prompt in "abc"}
        judge = {pair: verdict(chance, is_right[pair[0]], is_right[pair[1]]) for pair in ("bc", "cb")}
        record = {"id": number, "kind": kind, "mail": text, "wanted": wanted}
        records.append({**record, "answers": answers, "people": people, "judge": judge})
    lines = ",\n".join(json.dumps(record) for record in records)
    Path(__file__).with_name("answers.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
