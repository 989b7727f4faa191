"""A lab that is over is practised on a copy, which never counts; on real databases."""

import json
from datetime import timedelta

import pytest

from nexus_server.learner import Role
from nexus_server.roadmaps.errors import LabNotOverError, NodeLockedError, WrongNodeTypeError
from nexus_server.submissions.errors import PracticeCopyError
from tests.integration.teaching.test_exams import an_exam, start, write
from tests.plugins.school import START, School


async def test_a_lab_is_practised_when_its_deadline_is_over(school: School) -> None:
    await school.change_lab(f'deadline: "{(START + timedelta(hours=1)).isoformat()}"')
    ada, lab = await school.ready_for_lab()
    nodes = school.roadmaps.nodes
    opened = await nodes.open_node(ada, lab)
    with pytest.raises(LabNotOverError):
        await nodes.practise_lab(ada, lab)
    before = await nodes.get_node(ada, lab, files_url="/f")
    assert before.lab is not None
    assert before.lab.practice_path is None
    school.pass_time(hours=2)
    copy = await nodes.practise_lab(ada, lab)
    after = await nodes.get_node(ada, lab, files_url="/f")
    assert after.lab is not None
    assert after.lab.practice_path == copy.path != opened.path
    assert copy.path is not None
    notebook = school.workspace(ada) / copy.path
    notebook.write_text(notebook.read_text().replace("lab", "mine", 0) + "\n")
    mine = notebook.read_text()
    assert (await nodes.practise_lab(ada, lab)).path == copy.path
    assert notebook.read_text() == mine, "a copy that is there stays"


async def test_a_practice_copy_is_never_handed_in(school: School) -> None:
    await school.change_lab(f'deadline: "{(START + timedelta(hours=1)).isoformat()}"')
    ada, lab = await school.ready_for_lab()
    await school.roadmaps.nodes.open_node(ada, lab)
    school.pass_time(hours=2)
    copy = await school.roadmaps.nodes.practise_lab(ada, lab)
    assert copy.path is not None
    path = school.workspace(ada) / copy.path
    service = school.submissions.service
    with pytest.raises(PracticeCopyError):
        await service.submit(ada, lab, json.loads(path.read_text()))
    # nor when it takes the lab's own place
    path.rename(path.with_name(path.name.replace("-practice", "")))
    with pytest.raises(PracticeCopyError):
        await service.submit(ada, lab, None)
    assert (await service.list_submissions(ada, lab)).items == []


async def test_an_exam_is_practised_when_its_results_are_released(school: School) -> None:
    teacher, cohort, (ada, bob) = await an_exam(school, "Ada", "Bob")
    lab, nodes = await school.node_id("lab"), school.roadmaps.nodes
    await start(school, ada)
    write(school, ada, 1.0)
    school.pass_time(hours=6)
    await school.submissions.exam_keeper.look()
    for student in (ada, bob):
        with pytest.raises(LabNotOverError):
            await nodes.practise_lab(student, lab)
    await school.teaching.exams.release(teacher, lab, cohort.id)
    assert (await nodes.practise_lab(ada, lab)).path
    with pytest.raises(LabNotOverError):  # he did not sit it: somebody else may still
        await nodes.practise_lab(bob, lab)
    assert (await nodes.practise_lab(teacher, lab)).path


async def test_what_is_no_lab_or_locked_is_not_practised(school: School) -> None:
    ada, boss = await school.learner(), await school.learner("Boss", Role.ADMIN)
    nodes = school.roadmaps.nodes
    with pytest.raises(NodeLockedError):
        await nodes.practise_lab(ada, await school.node_id("lab"))
    with pytest.raises(WrongNodeTypeError):
        await nodes.practise_lab(boss, await school.node_id("hello"))
