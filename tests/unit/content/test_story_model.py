"""The small language model of the content: its script's gradients are right, and its weights predict new stories."""

import importlib.util
import json
import sys
from types import ModuleType

import numpy as np
import pytest

from nexus_server.installation import CONTENT

FOLDER = CONTENT / "how-language-models-work" / "data"
SHORT = 9


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("train_story_model", FOLDER / "train_story_model.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "dont_write_bytecode", True)  # the folder holds what learners get
        spec.loader.exec_module(module)
    return module


@pytest.fixture
def model(script: ModuleType) -> dict[str, np.ndarray]:
    """The weights that the content ships, by the names that the script gives them."""
    written = json.loads((FOLDER / "story_model.json").read_text(encoding="utf-8"))
    assert written["letters"] == script.LETTERS
    blocks = {f"{n}.{name}": table for n, block in enumerate(written["blocks"]) for name, table in block.items()}
    tables = {name: table for name, table in written.items() if name not in ("letters", "heads", "blocks")}
    return {name: np.array(table) for name, table in (tables | blocks).items()}


def windows(script: ModuleType, length: int) -> tuple[np.ndarray, np.ndarray]:
    """Texts that the training did not see, and the letters that follow."""
    ids = np.array([script.LETTERS.index(letter) for letter in script.stories(200, seed=99)])
    rows = ids[: len(ids) // (length + 1) * (length + 1)].reshape(-1, length + 1)
    return rows[:, :-1], rows[:, 1:]


def test_the_gradients_are_the_measured_slopes(script: ModuleType, model: dict[str, np.ndarray]) -> None:
    ids, following = (part[:3] for part in windows(script, SHORT))
    _, grads = script.loss_and_gradients(model, ids, following)
    assert set(grads) == set(model)
    for name, weights in model.items():
        place = (SHORT // 2, 1)
        kept, slopes = weights[place], []
        for change in (1e-5, -1e-5):
            weights[place] = kept + change
            slopes.append(script.loss_and_gradients(model, ids, following)[0])
        weights[place] = kept
        assert grads[name][place] == pytest.approx((slopes[0] - slopes[1]) / 2e-5, abs=1e-6), name


def test_the_weights_predict_stories_that_the_training_did_not_see(
    script: ModuleType, model: dict[str, np.ndarray]
) -> None:
    ids, following = windows(script, script.PLACES)
    loss, _ = script.loss_and_gradients(model, ids, following)
    assert loss < 0.1 * np.log(len(script.LETTERS))


def test_a_training_begins_the_same_each_time(script: ModuleType, model: dict[str, np.ndarray]) -> None:
    assert script.stories(5, script.SEED) == script.stories(5, script.SEED)
    first, second = script.train(2), script.train(2)
    assert {name: weights.shape for name, weights in first.items()} == {n: w.shape for n, w in model.items()}
    assert all((first[name] == second[name]).all() for name in first)
