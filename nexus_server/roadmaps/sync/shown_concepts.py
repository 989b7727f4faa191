"""Which concepts the items of a node show: questions of its quiz, graded cells of its lab."""

import json

from nexus_server.roadmaps.files.source import NodeSource


def shown_concepts(source: NodeSource) -> dict[str, list[str]]:
    """Return the concepts by the id of a question or of a graded cell; items that name none are left out."""
    shown = {question.id: list(question.concepts) for question in (source.quiz.questions if source.quiz else [])}
    if source.lab is not None and '"concepts"' in source.lab.source_notebook:
        for cell in json.loads(source.lab.source_notebook)["cells"]:
            grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id")
            if grade_id:
                shown[grade_id] = cell["metadata"].get("nexus", {}).get("concepts", [])
    return {item: concepts for item, concepts in shown.items() if concepts}
