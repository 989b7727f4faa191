"""Train the small model of this roadmap and write story_model.json beside this file.

usage: python train_story_model.py [--steps 6000]

Needs NumPy. The text it learns from is made by the grammar below, from a fixed seed; the weights begin from a fixed
seed, too. So the same machine, with the same NumPy, writes the same file. It takes about ninety seconds of one core.
"""

import argparse
import json
import os
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

LETTERS = " .abcdefghijklmnopqrstuvwxyz"
WIDTH, HEADS, BLOCKS, PLACES = 32, 2, 2, 64
SEED, BATCH, RATE = 7, 24, 4e-3
DECIMALS = 3

PEOPLE = ["mia", "tom", "ada", "ben"]
THINGS = ["ball", "hat", "cake", "kite", "lamp", "book"]
COLOURS = ["red", "blue", "green"]
SPOTS = ["under the bed", "on the roof", "in the box", "by the door"]


def story(rng):
    """Return two people, what each has, and what became of one of the things."""
    one, other = rng.choice(PEOPLE, 2, replace=False)
    first, second = rng.choice(THINGS, 2, replace=False)
    bright, pale = rng.choice(COLOURS, 2)
    who, colour, what = (one, bright, first) if rng.random() < 0.5 else (other, pale, second)
    ends = [
        f"{who} looks for the {what}. the {what} is {rng.choice(SPOTS)}. ",
        f"{who} likes the {colour} {what}. ",
        f"{who} has lost the {what}. it is {rng.choice(SPOTS)}. ",
    ]
    return f"{one} has a {bright} {first}. {other} has a {pale} {second}. " + ends[rng.integers(3)]


def stories(count, seed):
    """Return the text of some stories, one after the other."""
    rng = np.random.default_rng(seed)
    return "".join(story(rng) for _ in range(count))


def new_model(seed):
    """Return weights to begin with; those that write into the sum of a block begin at zero."""
    rng = np.random.default_rng(seed)

    def normal(rows, columns):
        return (rng.normal(size=(rows, columns)) / np.sqrt(rows)).astype(np.float32)

    def zeros(rows, columns):
        return np.zeros((rows, columns), np.float32)

    model = {"letter_vectors": normal(len(LETTERS), WIDTH), "place_vectors": 0.1 * normal(PLACES, WIDTH)}
    for number in range(BLOCKS):
        model |= {f"{number}.{name}": normal(WIDTH, WIDTH) for name in ("query", "key", "value")}
        model |= {f"{number}.out": zeros(WIDTH, WIDTH)}
        model |= {f"{number}.up": normal(WIDTH, 4 * WIDTH), f"{number}.down": zeros(4 * WIDTH, WIDTH)}
    return model | {"head": 0.1 * normal(WIDTH, len(LETTERS))}


def norm(x):
    """Return x with mean 0 and spread 1 along the last axis, and the spread that it had."""
    centred = x - x.mean(-1, keepdims=True)
    spread = np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-5)
    return centred / spread, spread


def norm_back(gradient, normed, spread):
    """Return the gradient of what came into `norm`."""
    along = (gradient * normed).mean(-1, keepdims=True)
    return (gradient - gradient.mean(-1, keepdims=True) - normed * along) / spread


def softmax(x):
    """Return shares along the last axis."""
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def split(x):
    """Cut the columns into heads: (batch, heads, places, columns of one head)."""
    return x.reshape(*x.shape[:2], HEADS, -1).transpose(0, 2, 1, 3)


def join(x):
    """Put the heads beside each other again."""
    x = x.transpose(0, 2, 1, 3)
    return x.reshape(*x.shape[:2], -1)


def attend(h, model, number):
    """Return what attention adds, and what its gradient needs."""
    q, k, v = (split(h @ model[f"{number}.{name}"]) for name in ("query", "key", "value"))
    scores = q @ k.swapaxes(-1, -2) / np.float32(np.sqrt(WIDTH / HEADS))
    future = np.triu(np.ones(scores.shape[-2:], bool), 1)
    shares = softmax(np.where(future, np.float32(-1e9), scores))
    mixed = join(shares @ v)
    return mixed @ model[f"{number}.out"], (h, q, k, v, shares, mixed)


def attend_back(gradient, model, number, kept, grads):
    """Add the gradients of attention's weights, and return the gradient of what came in."""
    h, q, k, v, shares, mixed = kept
    grads[f"{number}.out"] = flat(mixed).T @ flat(gradient)
    mixing = split(gradient @ model[f"{number}.out"].T)
    dshares = mixing @ v.swapaxes(-1, -2)
    dscores = shares * (dshares - (dshares * shares).sum(-1, keepdims=True)) / np.float32(np.sqrt(WIDTH / HEADS))
    parts = {"query": dscores @ k, "key": dscores.swapaxes(-1, -2) @ q, "value": shares.swapaxes(-1, -2) @ mixing}
    total = np.zeros_like(h)
    for name, part in parts.items():
        joined = join(part)
        grads[f"{number}.{name}"] = flat(h).T @ flat(joined)
        total += joined @ model[f"{number}.{name}"].T
    return total


def flat(x):
    """Return one row for each place of each text."""
    return x.reshape(-1, x.shape[-1])


def loss_and_gradients(model, ids, following):
    """Return the mean surprise at the following letters, and the gradient of every weight."""
    x = model["letter_vectors"][ids] + model["place_vectors"][: ids.shape[1]]
    kept = []
    for number in range(BLOCKS):
        h, spread = norm(x)
        added, attention = attend(h, model, number)
        x = x + added
        inner, inner_spread = norm(x)
        hidden = np.maximum(inner @ model[f"{number}.up"], 0)
        x = x + hidden @ model[f"{number}.down"]
        kept.append((h, spread, attention, inner, inner_spread, hidden))
    last, last_spread = norm(x)
    shares = softmax(last @ model["head"])
    rows = np.arange(following.size)
    loss = -np.log(flat(shares)[rows, following.ravel()]).mean()

    grads = {}
    error = shares.copy()
    flat(error)[rows, following.ravel()] -= 1
    error /= following.size
    grads["head"] = flat(last).T @ flat(error)
    gradient = norm_back(error @ model["head"].T, last, last_spread)
    for number in reversed(range(BLOCKS)):
        h, spread, attention, inner, inner_spread, hidden = kept[number]
        grads[f"{number}.down"] = flat(hidden).T @ flat(gradient)
        bent = (gradient @ model[f"{number}.down"].T) * (hidden > 0)
        grads[f"{number}.up"] = flat(inner).T @ flat(bent)
        gradient = gradient + norm_back(bent @ model[f"{number}.up"].T, inner, inner_spread)
        gradient = gradient + norm_back(attend_back(gradient, model, number, attention, grads), h, spread)
    grads["place_vectors"] = gradient.sum(0)
    grads["letter_vectors"] = np.zeros_like(model["letter_vectors"])
    np.add.at(grads["letter_vectors"], ids, gradient)
    return loss, grads


def train(steps):
    """Return the weights after some steps of Adam, whose rate falls to zero."""
    ids = np.array([LETTERS.index(letter) for letter in stories(3000, SEED)])
    model, rng = new_model(SEED), np.random.default_rng(SEED)
    mean = {name: np.zeros_like(w) for name, w in model.items()}
    square = {name: np.zeros_like(w) for name, w in model.items()}
    for step in range(1, steps + 1):
        starts = rng.integers(0, len(ids) - PLACES - 1, size=BATCH)
        windows = ids[starts[:, None] + np.arange(PLACES + 1)]
        loss, grads = loss_and_gradients(model, windows[:, :-1], windows[:, 1:])
        rate = RATE * min(1, step / 100) * (1 - step / (steps + 1))
        for name, g in grads.items():
            mean[name] += 0.1 * (g - mean[name])
            square[name] += 0.01 * (g * g - square[name])
            change = (mean[name] / (1 - 0.9**step)) / (np.sqrt(square[name] / (1 - 0.99**step)) + 1e-8)
            model[name] -= np.float32(rate) * change
        if step % 100 == 0 or step == 1:
            print(step, f"{loss:.3f}", flush=True)
    return model


def as_json(model):
    """Return the model as it is written down: numbers of three digits, the blocks in a list."""
    plain = {name: np.round(w.astype(float), DECIMALS).tolist() for name, w in model.items()}
    blocks = [
        {name.partition(".")[2]: plain.pop(name) for name in list(plain) if name.startswith(f"{number}.")}
        for number in range(BLOCKS)
    ]
    return {"letters": LETTERS, "heads": HEADS, **plain, "blocks": blocks}


def main():
    """Train, and write the file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=6000)
    model = train(parser.parse_args().steps)
    target = Path(__file__).with_name("story_model.json")
    target.write_text(json.dumps(as_json(model), separators=(",", ":")).replace('"blocks"', '\n"blocks"') + "\n")


if __name__ == "__main__":
    main()
