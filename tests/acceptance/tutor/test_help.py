"""*I'm stuck*: a learner asks a person, who answers in place."""

from contextlib import closing
from uuid import uuid4

import httpx

from tests.acceptance.tutor.conftest import Classroom
from tests.acceptance.tutor.test_hints import FAILED
from tests.plugins.server import LiveServer


def kinds(client: httpx.Client) -> list[str]:
    return [notice["type"] for notice in client.get("/me/notifications").json()["items"]]


def test_the_cell_and_the_conversation_go_to_a_person_who_answers(people: Classroom) -> None:
    ada, ina = people.ada, people.instructor
    hint = ada.post("/hints", json=FAILED).json()
    ada.post("/chat/general", json={"message": "What is a KeyError?"}).raise_for_status()
    asked = ada.post("/help", json={**FAILED, "note": "It worked yesterday."})
    assert asked.status_code == 201
    (waiting,) = [each for each in ina.get("/teaching/help").json()["items"] if each["id"] == asked.json()["id"]]
    assert (waiting["learner"], waiting["note"]) == ("Ada", "It worked yesterday.")
    assert waiting["cell_source"] == FAILED["cell_source"]
    assert waiting["error"].endswith("NameError: name 'totl' is not defined")
    told = [(turn["author"], turn["text"]) for turn in waiting["conversation"]]
    assert ("tutor", hint["text"]) in told
    assert ("learner", "What is a KeyError?") in told
    assert kinds(ina).count("help.asked") == 1
    answered = ina.post(f"/teaching/help/{waiting['id']}/answer", json={"text": "Compare **both** names."})
    assert answered.json()["answer"] == "Compare **both** names."
    assert waiting["id"] not in {each["id"] for each in ina.get("/teaching/help").json()["items"]}
    done = ina.get("/teaching/help", params={"answered": True}).json()["items"]
    assert waiting["id"] in {each["id"] for each in done}
    (own,) = [each for each in ada.get("/help").json()["items"] if each["id"] == waiting["id"]]
    assert own["answer"] == "Compare **both** names."
    assert "help.answered" in kinds(ada)
    assert ada.delete(f"/help/{waiting['id']}").status_code == 204
    assert ada.delete(f"/help/{waiting['id']}").status_code == 404


def test_only_a_few_requests_wait(people: Classroom) -> None:
    replies = [people.ada.post("/help", json={"note": f"Question {number}"}) for number in range(4)]
    assert [reply.status_code for reply in replies] == [201, 201, 201, 409]
    assert replies[-1].json()["error"]["code"] == "help_limit"
    for reply in replies[:3]:
        people.ada.delete(f"/help/{reply.json()['id']}").raise_for_status()


def test_whoever_is_in_no_class_asks_elsewhere(live_server: LiveServer, people: Classroom) -> None:
    with closing(live_server.learner("bob")) as bob:
        reply = bob.post("/help", json={"note": "Help!"})
        assert (reply.status_code, reply.json()["error"]["code"]) == (409, "nobody_to_help")
        assert bob.get("/teaching/help").status_code == 403
    nothing = people.ada.post("/help", json={"note": "  "})
    assert (nothing.status_code, nothing.json()["error"]["code"]) == (422, "nothing_to_help_with")
    assert people.ada.post("/help", json={"note": "x", "node_id": str(uuid4())}).status_code == 404
    assert people.instructor.post(f"/teaching/help/{uuid4()}/answer", json={"text": "x"}).status_code == 404


def test_an_answer_without_a_model_leads_to_notes(people: Classroom) -> None:
    reply = people.ada.post("/chat/general", json={"message": "How do I write a string in quotes?"}).json()
    assert reply["source"] == "static"
    assert reply["links"], "some open note has these words"
    for link in reply["links"]:
        assert people.ada.get(f"/nodes/{link['node_id']}").status_code == 200
        assert f"**{link['title']}** ({link['place']})" in reply["text"]
    kept = people.ada.get("/chat/general").json()["items"][-1]
    assert kept["links"] == reply["links"]
