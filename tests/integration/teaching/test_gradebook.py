"""Gradebooks with schemes, marks, notes and files, on real databases."""

from uuid import uuid4

import pytest

from nexus_server.accounts.errors import UnknownCohortError, UnknownUserError
from nexus_server.csv_table import UnreadableTableError
from nexus_server.errors import ForbiddenError
from nexus_server.learner import Learner, Role
from nexus_server.store.models.accounts import Cohort
from nexus_server.teaching.gradebook.csv_file import as_csv
from nexus_server.teaching.gradebook.errors import (
    BadGradeFileError,
    GradebookChangedError,
    NothingExportedError,
    UnknownStepsError,
)
from nexus_server.teaching.gradebook.final_grade import GradingScheme
from nexus_server.teaching.gradebook.step_marks import NewMark
from tests.plugins.school import School, answer


async def a_class(school: School, *students: Learner) -> tuple[Learner, Cohort]:
    teacher = await school.learner("Teacher", Role.INSTRUCTOR)
    cohort = await school.cohorts.create(teacher, "Class")
    for student in students:
        await school.cohorts.join(student, cohort.join_code)
    return teacher, cohort


async def graded(school: School, name: str, points: float) -> Learner:
    person, lab = await school.ready_for_lab(name)
    await school.submissions.service.submit(person, lab, answer(points))
    await school.grade_all()
    return person


def labs_only(**more: object) -> GradingScheme:
    categories = [
        {"name": "Labs", "weight": "60", "steps": ["lab"]},
        {"name": "Reading", "weight": "40", "steps": ["hello"], **more},
    ]
    return GradingScheme.model_validate({"categories": categories})


async def test_the_final_grade_follows_the_class_own_scheme(school: School) -> None:
    ada = await graded(school, "Ada", 1.5)
    teacher, cohort = await a_class(school, ada)
    gradebook = school.teaching.gradebook
    before = await gradebook.book.read(teacher, "tiny", cohort.id)
    assert not before.is_own_scheme
    assert f"{before.items[0].final}" == f"{before.items[0].score * 100:.2f}"
    await gradebook.schemes.set(teacher, cohort.id, "tiny", labs_only())
    (row,) = (await gradebook.book.read(teacher, "tiny", cohort.id)).items
    assert (str(row.final), [str(part.percent) for part in row.parts]) == ("85.00", ["75.00", "100.00"])
    # of all that I teach there is no scheme: each class may have another
    assert not (await gradebook.book.read(teacher, "tiny")).is_own_scheme
    await gradebook.schemes.lift(teacher, cohort.id, "tiny")
    assert await gradebook.book.read(teacher, "tiny", cohort.id) == before
    unknown = GradingScheme.model_validate({"categories": [{"name": "A", "weight": 1, "steps": ["gone"]}]})
    with pytest.raises(UnknownStepsError) as refused:
        await gradebook.schemes.set(teacher, cohort.id, "tiny", unknown)
    assert refused.value.details == {"fields": [{"field": "categories", "message": "has no such steps: gone"}]}


async def test_a_mark_counts_instead_of_what_was_earned_and_keeps_its_history(school: School) -> None:
    ada = await graded(school, "Ada", 1.0)
    teacher, cohort = await a_class(school, ada)
    lab = await school.node_id("lab")
    gradebook, xp = school.teaching.gradebook, (await school.user(ada)).xp
    for share in (0.9, 0.8, None):
        await gradebook.marks.give(teacher, NewMark(ada.id, lab, share))
        school.pass_time(minutes=1)
        book = await gradebook.book.read(teacher, "tiny", cohort.id)
        cell = next(cell for cell in book.items[0].cells if cell.node_id == lab)
        assert (cell.score, cell.is_marked) == (0.5 if share is None else share, share is not None)
    history = await gradebook.marks.history(teacher, lab, ada.id)
    assert [(mark.share, mark.origin, mark.given_by) for mark in history.items] == [
        (None, "page", "Teacher"),
        (0.8, "page", "Teacher"),
        (0.9, "page", "Teacher"),
    ]
    # the gradebook alone changes
    assert (await school.user(ada)).xp == xp


async def test_a_file_is_seen_before_it_is_written(school: School) -> None:
    ada, bob = await graded(school, "Ada", 1.0), await graded(school, "Bob", 2.0)
    teacher, cohort = await a_class(school, ada, bob)
    imports, book = school.teaching.gradebook.imports, school.teaching.gradebook.book
    exported = as_csv(await book.read(teacher, "tiny", cohort.id))
    same = await imports.preview(teacher, "tiny", cohort.id, exported.encode())
    assert (same.items, same.problems, same.ignored[0]) == ([], [], "name")
    assert same.unchanged == 4
    data = f"id;email;lab;hello\n;{ada.email.upper()};62,5 %;\n{bob.id};;;0.25\n".encode("utf-16")
    seen = await imports.preview(teacher, "tiny", cohort.id, data)
    assert seen.encoding == "utf-16"
    assert [(each.line, each.display_name, each.before, each.after) for each in seen.items] == [
        (2, "Ada", 0.5, 0.625),
        (3, "Bob", 1.0, 0.25),
    ]
    assert as_csv(await book.read(teacher, "tiny", cohort.id)) == exported
    await imports.write(teacher, "tiny", cohort.id, data, seen.seen)
    history = await school.teaching.gradebook.marks.history(teacher, await school.node_id("lab"), ada.id)
    assert [(mark.share, mark.origin) for mark in history.items] == [(0.625, "csv")]
    # the same again changes nothing, so it is not what was seen
    with pytest.raises(GradebookChangedError):
        await imports.write(teacher, "tiny", cohort.id, data, seen.seen)
    back = f"email,lab\n'{ada.email},earned\n{bob.email},earned\n".encode()
    seen = await imports.preview(teacher, "tiny", cohort.id, back)
    assert [(each.display_name, each.before, each.after) for each in seen.items] == [("Ada", 0.625, None)]
    await imports.write(teacher, "tiny", cohort.id, back, seen.seen)
    assert (await imports.preview(teacher, "tiny", cohort.id, back)).items == []


async def test_a_file_with_mistakes_changes_nothing_and_says_each(school: School) -> None:
    ada = await graded(school, "Ada", 1.0)
    bob = await graded(school, "Bob", 1.0)
    teacher, cohort = await a_class(school, ada, bob)
    imports = school.teaching.gradebook.imports
    lines = [
        "id,email,lab",
        f"{ada.id},,0.9",
        f",{ada.email},0.8",
        f"{ada.id},{bob.email},0.8",
        f"{uuid4()},,0.8",
        ",nobody@example.org,0.8",
        ",,0.8",
        f"{bob.id},,85",
        "",
    ]
    data = "\n".join(lines).encode()
    found = await imports.preview(teacher, "tiny", cohort.id, data)
    assert [(each.line, each.column) for each in found.problems] == [
        (3, "email"),
        (4, "email"),
        (5, "id"),
        (6, "email"),
        (7, "email"),
        (8, "lab"),
    ]
    words = " ".join(each.message for each in found.problems)
    for part in ("in line 2 already", "two students", "You teach nobody", "names no student", "'85' is above 1"):
        assert part in words
    with pytest.raises(BadGradeFileError):
        await imports.write(teacher, "tiny", cohort.id, data, found.seen)
    assert (await school.teaching.gradebook.marks.history(teacher, await school.node_id("lab"), ada.id)).items == []
    for text, part in (
        ("name,lab\nAda,1\n", "needs a column id or email"),
        ("id,labb\nx,1\n", "no such steps: labb"),
        ("id,lab,step:lab\nx,1,1\n", "of the same step"),
        ("id,name\nx,y\n", "no column with the slug of a step"),
    ):
        with pytest.raises(UnreadableTableError, match=part):
            await imports.preview(teacher, "tiny", cohort.id, text.encode())


async def test_what_changed_since_the_last_export_is_told(school: School) -> None:
    ada, bob = await graded(school, "Ada", 1.0), await graded(school, "Bob", 2.0)
    teacher, cohort = await a_class(school, ada, bob)
    exports = school.teaching.gradebook.exports
    with pytest.raises(NothingExportedError):
        await exports.changes(teacher, "tiny", cohort.id)
    await exports.export(teacher, "tiny", cohort.id)
    assert (await exports.changes(teacher, "tiny", cohort.id)).items == []
    await school.teaching.gradebook.marks.give(teacher, NewMark(ada.id, await school.node_id("lab"), 0.75))
    await school.members.remove(teacher, cohort.id, bob.id)
    eve = await school.learner("Eve")
    await school.cohorts.join(eve, cohort.join_code)
    changed = await exports.changes(teacher, "tiny", cohort.id)
    assert [(each.display_name, each.column) for each in changed.items] == [("Ada", "final"), ("Ada", "lab")]
    assert (changed.items[1].before, changed.items[1].after) == ("0.5000", "0.7500")
    assert (changed.joined, changed.left) == (["Eve"], ["Bob"])
    # another class, or everybody, is another export
    with pytest.raises(NothingExportedError):
        await exports.changes(teacher, "tiny", None)
    await exports.export(teacher, "tiny", cohort.id)
    assert (await exports.changes(teacher, "tiny", cohort.id)).items == []


async def test_notes_are_for_those_who_teach_the_student(school: School) -> None:
    ada, eve = await school.learner("Ada"), await school.learner("Eve")
    teacher, cohort = await a_class(school, ada)
    gradebook = school.teaching.gradebook
    for note in ("Was ill in May.", "=Came back.", ""):
        await gradebook.notes.write(teacher, "tiny", ada.id, note)
        book = await gradebook.book.read(teacher, "tiny", cohort.id)
        assert book.items[0].note == note
    for student in (eve.id, uuid4()):
        with pytest.raises(UnknownUserError):
            await gradebook.notes.write(teacher, "tiny", student, "x")
        with pytest.raises(UnknownUserError):
            await gradebook.marks.give(teacher, NewMark(student, await school.node_id("lab"), 1.0))
        with pytest.raises(UnknownUserError):
            await gradebook.marks.history(teacher, await school.node_id("lab"), student)


async def test_students_and_strangers_change_no_gradebook(school: School) -> None:
    ada = await school.learner("Ada")
    _, cohort = await a_class(school, ada)
    stranger, _ = await a_class(school)
    gradebook = school.teaching.gradebook
    data = f"id,lab\n{ada.id},1\n".encode()
    for refused in (
        gradebook.schemes.set(ada, cohort.id, "tiny", labs_only()),
        gradebook.schemes.lift(ada, cohort.id, "tiny"),
        gradebook.notes.write(ada, "tiny", ada.id, "x"),
        gradebook.imports.preview(ada, "tiny", cohort.id, data),
        gradebook.exports.export(ada, "tiny", cohort.id),
        gradebook.exports.changes(ada, "tiny", cohort.id),
    ):
        with pytest.raises(ForbiddenError):
            await refused
    for refused in (
        gradebook.schemes.set(stranger, cohort.id, "tiny", labs_only()),
        gradebook.schemes.lift(stranger, cohort.id, "tiny"),
        gradebook.imports.preview(stranger, "tiny", cohort.id, data),
        gradebook.exports.export(stranger, "tiny", cohort.id),
    ):
        with pytest.raises(UnknownCohortError):
            await refused
    found = await gradebook.imports.preview(stranger, "tiny", None, data)
    assert (found.items, len(found.problems)) == ([], 1)
