"""New slugs for known roadmaps and nodes: the rows stay, and with them progress, grades and the learners' files."""

from collections.abc import Set as AbstractSet
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from nexus_server.roadmaps.files.roadmap_file import RoadmapFile
from nexus_server.roadmaps.learning.lab_workspace import HOME, LABS, lab_home
from nexus_server.store.models.roadmaps import Node, Roadmap


async def free_home(session: AsyncSession, roadmap_slug: str, slug: str) -> dict[str, str]:
    """Return what a new lab's `spec` says of its directory: nothing, unless a renamed lab keeps its files there."""
    taken = {lab_home(of_roadmap, node) for of_roadmap, node in (await session.execute(LABS)).all()}
    home = own = f"{roadmap_slug}/{slug}"
    number = 1
    while home in taken:
        number += 1
        home = f"{own}-{number}"
    return {} if home == own else {HOME: home}


async def rename_roadmap(session: AsyncSession, file: RoadmapFile, present: AbstractSet[str]) -> None:
    """Give a roadmap its new slug, if it is known by an old one that no folder in `present` has any more."""
    old = [slug for slug in file.renamed_from if slug not in present]
    if not old or await session.scalar(select(Roadmap).where(Roadmap.slug == file.slug)):
        return
    roadmap = await session.scalar(select(Roadmap).where(Roadmap.slug.in_(old)))
    if roadmap is None:
        return
    for node in await session.scalars(select(Node).where(Node.roadmap_id == roadmap.id, Node.type == "lab")):
        node.spec = {**node.spec, HOME: lab_home(roadmap.slug, node)}
    roadmap.slug = file.slug
    await session.flush()


async def rename_nodes(session: AsyncSession, roadmap_id: UUID, file: RoadmapFile) -> None:
    """Give nodes their new slugs, if they are known by old ones."""
    known = {node.slug: node for node in await session.scalars(select(Node).where(Node.roadmap_id == roadmap_id))}
    for entry in file.nodes:
        node = next((known[slug] for slug in entry.renamed_from if slug in known), None)
        if node is None or entry.slug in known:
            continue
        if node.type == "lab":
            node.spec = {**node.spec, HOME: lab_home(file.slug, node)}
        node.slug = entry.slug
    await session.flush()
