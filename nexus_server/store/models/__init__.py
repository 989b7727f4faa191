"""Every table, imported so that `Base.metadata` is complete."""

from nexus_server.store.models import (
    accounts,
    authoring,
    exams,
    forum,
    gamify,
    gradebook,
    grading,
    groups,
    kernels,
    lessons,
    marking,
    practice,
    roadmaps,
    servers,
    terms,
    tutor,
    versions,
)
from nexus_server.store.models.base import Base

__all__ = [
    "Base",
    "accounts",
    "authoring",
    "exams",
    "forum",
    "gamify",
    "gradebook",
    "grading",
    "groups",
    "kernels",
    "lessons",
    "marking",
    "practice",
    "roadmaps",
    "servers",
    "terms",
    "tutor",
    "versions",
]
