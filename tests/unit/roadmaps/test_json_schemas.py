import json

import jsonschema
import pytest
import yaml

from nexus_server.roadmaps.json_schemas import SCHEMAS, json_schema
from nexus_server.settings import PROJECT_ROOT
from tests.plugins.content import QUIZ, ROADMAP


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_published_schemas_are_current(name: str) -> None:
    published = (PROJECT_ROOT / "docs/schemas" / name).read_text(encoding="utf-8")
    assert published == json_schema(name), "run `nexus content schemas`"


@pytest.mark.parametrize(("name", "text"), [("roadmap.schema.json", ROADMAP), ("quiz.schema.json", QUIZ)])
def test_good_content_is_valid_and_misspelt_keys_are_not(name: str, text: str) -> None:
    schema = json.loads(json_schema(name))
    document = yaml.safe_load(text)
    jsonschema.validate(document, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**document, "titel": "x"}, schema)
