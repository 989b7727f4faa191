// Run in every kernel before anybody's first cell. Deno sends a message for each call of console.log, which costs it
// about 7 KB of memory and, with a tenth of a processor, one or two milliseconds. So what is printed in one go is sent
// together: when the code pauses or ends, a tenth of a second after the first line, or from 8,192 characters on. What
// else the learner sees (a question, a display) comes after what was printed before it. And what is written to
// Deno.stdout and process.stdout, which Deno's kernel loses, is printed, too. Code that pauses after every line is held
// to 50 messages in a tenth of a second: what is not yet sent would fill the memory.
{
  const { Console, core } = Deno[Deno.internal];
  const soon = queueMicrotask;
  const now = performance.now.bind(performance);
  let kept = "", isError = false, since = 0;
  const pause = new Int32Array(new SharedArrayBuffer(4));
  const wait = Atomics.wait;
  let sent = 0, begun = 0;
  const pace = () => {
    if (now() - begun > 100) {
      sent = 0;
      begun = now();
    }
    if (++sent > 50) wait(pause, 0, 0, 100);
  };
  const flush = () => {
    const text = kept;
    kept = "";
    if (!text) return;
    core.print(text, isError);
    pace();
  };
  const print = (text, error) => {
    if (error !== isError) {
      flush();
      isError = error;
    }
    if (!kept) {
      since = now();
      soon(flush);
    }
    kept += text;
    if (kept.length > 8192 || now() - since > 100) flush();
  };
  const flushed = (call) => (...given) => {
    flush();
    pace();
    return call(...given);
  };
  Object.assign(console, new Console((text, level) => print(text, level > 1)));
  for (const [stream, error] of [[Deno.stdout, false], [Deno.stderr, true]]) {
    const decoder = new TextDecoder();
    stream.writeSync = (bytes) => {
      print(decoder.decode(bytes, { stream: true }), error);
      return bytes.byteLength;
    };
    stream.write = (bytes) => Promise.resolve(stream.writeSync(bytes));
  }
  globalThis.prompt = flushed(prompt);
  globalThis.confirm = flushed(confirm);
  Deno.jupyter.broadcast = flushed(Deno.jupyter.broadcast);
}

// Half of a surrogate pair, "😀"[0], in a cell's value or error keeps V8's answer from reaching Deno, whose kernel then
// asks here how the cell ended (see install_deno.py). A cell's own promise is the last that was made before its first
// statement, which reads `_$`. Code can read that, too, and so two readings since the cell began tell nothing.
{
  const { core } = Deno[Deno.internal];
  const { getPromiseDetails } = core;
  const inspect = Deno.inspect;
  const now = Date.now;
  const customInspect = Symbol.for("Deno.customInspect");
  const wellFormed = Function.prototype.call.bind(String.prototype.toWellFormed);
  const RESULT = ".repl_result";
  const NEVER = { at: 0, promise: null };
  let made = null, previous = NEVER, current = NEVER;
  core.setPromiseHooks((promise) => {
    made = promise;
  });
  const begin = () => {
    previous = current;
    current = { at: now(), promise: made };
  };
  const text = (value) => wellFormed(typeof value === "string" ? value : inspect(value));
  const shown = (value) => {
    const described = text(value);
    return typeof value === "string" ? described : { [customInspect]: () => described };
  };
  const cleaned = (error) => {
    if (!(error instanceof Error)) return text(error);
    const { name, message, stack } = error;
    return Object.assign(new Error(text(message)), { name: text(name), stack: text(stack) });
  };
  const cellSince = (time) => {
    const ended = current.at >= time && previous.at < time && getPromiseDetails(current.promise);
    if (!ended || ended[0] === 0) throw new Error("The kernel cannot tell how this cell ended: half of a character is in its value or error.");
    if (ended[0] === 2) throw cleaned(ended[1]);
    return shown(ended[1][RESULT]);
  };
  Object.defineProperty(globalThis, "_$", { get: begin });
  Object.defineProperty(globalThis, "_ended", { value: cellSince });
}
