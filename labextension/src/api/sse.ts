/** Server-sent events out of a response's body. */

export interface ServerEvent {
  event: string;
  data: string;
}

/** Cut complete events off the front of a text; `rest` is what has not ended yet. Pure. */
export function splitEvents(text: string): { events: ServerEvent[]; rest: string } {
  const blocks = text.replace(/\r\n?/g, '\n').split('\n\n');
  const rest = blocks.pop() ?? '';
  return { events: blocks.filter(block => block.trim()).map(readEvent), rest };
}

function readEvent(block: string): ServerEvent {
  let event = 'message';
  const data: string[] = [];
  for (const line of block.split('\n')) {
    if (line.startsWith('event:')) {
      event = line.slice(6).trim();
    } else if (line.startsWith('data:')) {
      data.push(line.slice(5).replace(/^ /, ''));
    }
  }
  return { event, data: data.join('\n') };
}

/** Every event of a body, as it arrives. */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let pending = '';
  for (;;) {
    const { done, value } = await reader.read();
    pending += done ? '\n\n' : decoder.decode(value, { stream: true });
    const { events, rest } = splitEvents(pending);
    yield* events;
    pending = rest;
    if (done) {
      return;
    }
  }
}
