"""Whether the links that lead out of the content still lead somewhere: asked for, bounded, and with a second chance."""

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from nexus_server.markdown import find_links
from nexus_server.roadmaps.files.markdown_texts import markdown_texts
from nexus_server.roadmaps.files.problem import Problem, Severity
from nexus_server.roadmaps.files.source import RoadmapSource

USER_AGENT = "nexus-content-check"
#: different addresses that one check asks
MAX_LINKS = 500
#: answers that say that the page is gone; others may be a bad day, or a site that dislikes programs
GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
#: answers to HEAD after which GET is tried
NO_HEAD = frozenset({HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.NOT_IMPLEMENTED, HTTPStatus.FORBIDDEN})


@dataclass(frozen=True, slots=True)
class Patience:
    """How hard to try."""

    timeout_s: float = 10.0
    attempts: int = 3
    pause_s: float = 1.0
    parallel: int = 8


@dataclass(frozen=True, slots=True)
class ExternalLink:
    """One mention of an address."""

    file: str
    line: int
    url: str


def external_links(sources: Iterable[RoadmapSource]) -> Iterator[ExternalLink]:
    """Yield the http(s) links and images of every Markdown text: notes, quizzes and labs."""
    for source in sources:
        for text in markdown_texts(source):
            for link in find_links(text.text):
                if link.target.startswith(("http://", "https://")):
                    yield ExternalLink(text.file, text.line_of(link.line), link.target)


async def check_external(links: Iterable[ExternalLink], patience: Patience | None = None) -> list[Problem]:
    """Ask for every address once; return a problem for each mention of one that is gone or does not answer."""
    patience, mentions = patience or Patience(), list(links)
    urls = list(dict.fromkeys(link.url for link in mentions))[:MAX_LINKS]
    gate = asyncio.Semaphore(patience.parallel)

    async def one(url: str) -> tuple[str, Severity] | None:
        async with gate:
            return await _look(url, patience)

    verdicts = dict(zip(urls, await asyncio.gather(*(one(url) for url in urls)), strict=True))
    return [
        Problem(link.file, link.line, f"{link.url!r} {found[0]}", found[1])
        for link in mentions
        if (found := verdicts.get(link.url))
    ]


async def _look(url: str, patience: Patience) -> tuple[str, Severity] | None:
    """Say what is wrong with an address; None when it answers."""
    answer: int | str = ""
    for attempt in range(patience.attempts):
        if attempt:
            await asyncio.sleep(patience.pause_s * 2 ** (attempt - 1))
        answer = await asyncio.to_thread(_ask, url, patience.timeout_s)
        if isinstance(answer, int) and answer < HTTPStatus.BAD_REQUEST:
            return None
        if answer in GONE:
            return f"leads nowhere ({answer})", Severity.ERROR
    return f"does not answer ({answer})", Severity.WARNING


def _ask(url: str, timeout_s: float) -> int | str:
    """Return the status of the answer, or why there is none."""
    status = _request(url, "HEAD", timeout_s)
    return _request(url, "GET", timeout_s) if status in NO_HEAD else status


def _request(url: str, method: str, timeout_s: float) -> int | str:
    request = Request(url, method=method, headers={"User-Agent": USER_AGENT})  # noqa: S310  only http(s) gets here
    try:
        with urlopen(request, timeout=timeout_s) as reply:  # noqa: S310  as above
            return int(reply.status)
    except HTTPError as error:
        return error.code
    except (URLError, OSError, ValueError) as error:
        return str(getattr(error, "reason", error))[:100]
