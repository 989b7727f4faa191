"""Images and media of roadmaps: which files learners may fetch, and under which address."""

import posixpath
from pathlib import Path, PurePosixPath
from urllib.parse import quote, unquote, urlsplit
from uuid import UUID

from nexus_server.files.links import is_file, resolved
from nexus_server.markdown import RewriteUrl
from nexus_server.roadmaps.errors import NodeNotFoundError
from nexus_server.roadmaps.files.layers import ContentLayers

#: folders of a roadmap that learners may read; labs, quizzes and notes hold answers
PUBLIC_FOLDERS = {"images", "media"}
MEDIA_TYPES = {
    ".avif": "image/avif",
    ".gif": "image/gif",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".mp3": "audio/mpeg",
    ".mp4": "video/mp4",
    ".ogg": "audio/ogg",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".vtt": "text/vtt",
    ".webm": "video/webm",
    ".webp": "image/webp",
}


#: what stands before a node's id in a link that opens it; `labextension/src/components/Html.tsx` knows it too
NODE_FRAGMENT = "#nexus-node-"
#: the file of each node of a roadmap, relative to the content directory, and the node's id
NodePaths = tuple[tuple[str, UUID], ...]


def find_public_file(content: ContentLayers, roadmap: str, path: str) -> Path:
    """Return where a file lies that learners may fetch.

    Raises:
        NodeNotFoundError: there is none of that name, or it is not for learners.
    """
    pure = PurePosixPath(path)
    if ".." in pure.parts or not pure.parts or pure.parts[0] not in PUBLIC_FOLDERS or "/" in roadmap:
        raise NodeNotFoundError("There is no such file.")
    place = content.folder(roadmap)
    folder = resolved(place)
    found = resolved(folder / pure)
    is_inside = found.is_relative_to(folder) and folder.parent == resolved(place.parent)
    if not is_inside or found.suffix.lower() not in MEDIA_TYPES or not is_file(found):
        raise NodeNotFoundError("There is no such file.")
    return found


def rewriter(files_url: str, source_path: str, nodes: NodePaths = ()) -> RewriteUrl:
    """Return how a text's relative links are rewritten: images and media to `files_url`, the rest to nodes or nowhere.

    `source_path` is the text's file, relative to the content directory, as are those of `nodes`. A link to a node's
    file becomes a fragment with the node's id, which the page opens (`NODE_FRAGMENT`).
    """
    ids = dict(nodes)
    roadmap, _, file = source_path.partition("/")
    here = posixpath.dirname(file)

    def rewrite(url: str) -> str | None:
        try:
            parts = urlsplit(url)
        except ValueError:
            return None
        if not parts.path or parts.netloc:
            return None
        path = posixpath.normpath(posixpath.join(here, unquote(parts.path)))
        if (node_id := ids.get(f"{roadmap}/{path}")) is not None:
            return f"{NODE_FRAGMENT}{node_id}"
        if path.split("/")[0] not in PUBLIC_FOLDERS:
            return None
        return f"{files_url}/{quote(roadmap)}/{quote(path)}"

    return rewrite
