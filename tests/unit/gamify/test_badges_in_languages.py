"""What a badge of the product is for, in the reader's language."""

from nexus_server.gamify.badges import CATALOGUE
from nexus_server.gamify.criteria.parsing import parse_criteria
from nexus_server.gamify.criteria.words import in_words
from nexus_server.languages import UserLanguage, translate


def test_what_a_badge_is_for_is_said_in_every_language() -> None:
    criteria = [badge.description or in_words(parse_criteria(dict(badge.criteria))) for badge in CATALOGUE]
    assert [said for said in criteria if translate(said, UserLanguage.GERMAN) == said] == []
    assert [said for said in criteria if translate(said, UserLanguage.SPANISH) == said] == []
