"""A stand-in for a language model: the shape of a real client, without a network.

A *chat function* takes a list of messages, and perhaps tools, and returns the model's message:

    chat([{"role": "user", "content": "Hello"}])
    {"role": "assistant", "content": "Good day!", "tool_calls": []}

The functions here make such chat functions. They answer from replies that were written down before, or by rules.
What your program does around them is what it would do around a real model.
"""

import copy
import hashlib
import json
import re

ROLES = ("system", "user", "assistant", "tool")


class BadRequest(Exception):
    """The request itself is wrong, and would be wrong again."""


class RateLimited(Exception):
    """Too many requests for now. `retry_after` says for how many seconds to wait, if the server says so."""

    def __init__(self, retry_after=None):
        super().__init__(retry_after)
        self.retry_after = retry_after


class Overloaded(Exception):
    """The server can't answer just now."""


class NoRecording(LookupError):
    """Nobody wrote down a reply to these messages."""


def check(messages):
    """Raise BadRequest unless `messages` is a list of messages such as a model takes."""
    if not isinstance(messages, list) or not messages:
        raise BadRequest("messages must be a list with at least one message")
    for place, message in enumerate(messages):
        if not isinstance(message, dict) or message.get("role") not in ROLES:
            raise BadRequest(f"message {place} needs one of the roles {', '.join(ROLES)}")
        if message["role"] == "system" and place > 0:
            raise BadRequest("only the first message may be the system's")
        if not isinstance(message.get("content"), str) and not message.get("tool_calls"):
            raise BadRequest(f"message {place} needs a content, which is a text")


def message_of(reply):
    """Return a reply as the model's message: a text, a dictionary with tool calls, or an error to be raised."""
    if isinstance(reply, Exception):
        raise reply
    if isinstance(reply, str):
        reply = {"content": reply}
    return {"role": "assistant", "content": reply.get("content"), "tool_calls": list(reply.get("tool_calls", []))}


def scripted(replies, requests=None):
    """Return a chat function that gives these replies, one after the other.

    Each request is copied to the list `requests`, if there is one.
    """
    rest = list(replies)

    def chat(messages, tools=None):
        check(messages)
        if requests is not None:
            requests.append({"messages": copy.deepcopy(messages), "tools": copy.deepcopy(tools)})
        if not rest:
            raise NoRecording("the script has no more replies: the model was asked too often")
        return message_of(rest.pop(0))

    return chat


def by_rules(rules, otherwise="I don't know."):
    """Return a chat function with rules: pairs of a pattern and a reply; the last message decides.

    In a reply, {1} is the first group of the pattern.
    """

    def chat(messages, tools=None):
        check(messages)
        for pattern, reply in rules:
            match = re.search(pattern, messages[-1]["content"] or "", re.IGNORECASE | re.DOTALL)
            if match:
                return message_of(reply.format(match.group(0), *match.groups()) if isinstance(reply, str) else reply)
        return message_of(otherwise)

    return chat


def key_of(messages):
    """Return the key under which a reply to these messages is kept; white space makes no difference."""
    tidy = [{**message, "content": " ".join((message.get("content") or "").split())} for message in messages]
    return hashlib.sha256(json.dumps(tidy, sort_keys=True).encode()).hexdigest()


def recorded(recordings):
    """Return a chat function that answers from recordings: a dictionary of replies by key."""

    def chat(messages, tools=None):
        check(messages)
        key = key_of(messages)
        if key not in recordings:
            raise NoRecording(f"nobody wrote down a reply to: {messages[-1]['content']!r}")
        return message_of(recordings[key])

    return chat


def count_tokens(text):
    """Return about how many tokens a text has: a word of up to four letters is one, longer ones are several.

    Real tokenizers have a table of pieces, made from much text. This one is a rule of thumb.
    """
    pieces = re.findall(r"\w+|[^\w\s]", text)
    return sum((len(piece) + 3) // 4 for piece in pieces)


def streamed(text, size=5, cut=False):
    """Return a list of chunks, as they come in a stream; a stream that was cut has no last chunk with a reason."""
    chunks = [{"delta": text[at : at + size], "finish_reason": None} for at in range(0, len(text), size)]
    return chunks[: len(chunks) // 2] if cut else [*chunks, {"delta": "", "finish_reason": "stop"}]
