#!/usr/bin/env bash
# A streamed answer of Gemini may end early: the server or a proxy closes it in good order between two events.
# google-genai ends the loop then as if the answer were whole. Only the missing finish_reason tells.
# A connection that is cut raises an error of httpx2, not of httpx and not of google-genai.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q google-genai==3.4.0
cd "$folder"
"$folder/venv/bin/python" - <<'PROBE'
import asyncio
import json
from importlib.metadata import version

from google import genai
from google.genai import types

print({name: version(name) for name in ("google-genai", "httpx2")})


def event(text, **more):
    data = json.dumps({"candidates": [{"content": {"role": "model", "parts": [{"text": text}]}, **more}]})
    body = f"data: {data}\r\n\r\n".encode()
    return b"%x\r\n%s\r\n" % (len(body), body)


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
END = b"0\r\n\r\n"
STREAMS = {
    "whole": event("One half") + event(" and the other.", finishReason="STOP") + END,
    "closed between events": event("One half") + END,
    "cut": event("One half"),
}


async def listen(stream):
    async def answer(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(HEAD + stream)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    client = genai.Client(api_key="none", http_options=types.HttpOptions(base_url=url))
    text, reason, end = "", None, "no error"
    try:
        async for part in await client.aio.models.generate_content_stream(model="any", contents="hello"):
            text += part.text
            reason = part.candidates[0].finish_reason
    except Exception as error:
        end = f"{type(error).__module__}.{type(error).__name__}"
    server.close()
    return text, reason and reason.name, end


found = {name: asyncio.run(listen(stream)) for name, stream in STREAMS.items()}
for name, what in found.items():
    print(f"{name:22}", what)
assert found["whole"] == ("One half and the other.", "STOP", "no error")
assert found["closed between events"] == ("One half", None, "no error")
assert found["cut"] == ("One half", None, "httpx2.RemoteProtocolError")
PROBE
