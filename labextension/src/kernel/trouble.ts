/** What can be wrong with a kernel, as a learner is told: what happened, and what to do. Pure. */

interface Words {
  __: (text: string, ...args: (string | number)[]) => string;
}

export type KernelTrouble =
  /** all places are taken; so many starts come before mine, 0 is my turn; null: nobody can tell yet how long it takes */
  | { kind: 'waiting'; position: number; seconds: number | null }
  /** the server does not answer; the kernel goes on by itself */
  | { kind: 'lost' }
  /** the server was away for so long that the page stopped trying */
  | { kind: 'given-up' }
  | { kind: 'died'; reason: string; message: string }
  /** a cell ran for too long and was interrupted; the kernel lives */
  | { kind: 'interrupted'; message: string }
  /** the kernel lives, and code ran into one of its limits */
  | { kind: 'limit'; limit: string; message: string };

export interface Told {
  title: string;
  text: string;
}

/** What to say about a kernel's trouble. */
export function troubleText(trouble: KernelTrouble, words: Words): Told {
  switch (trouble.kind) {
    case 'waiting':
      return {
        title: words.__('Waiting for a kernel'),
        text: placeText(trouble, words)
      };
    case 'lost':
      return {
        title: words.__('Connection lost'),
        text: words.__('We keep trying. Your kernel goes on meanwhile and keeps its variables.')
      };
    case 'given-up':
      return {
        title: words.__('Not connected'),
        text: words.__('The server did not answer for a while. Your work is safe in this page; try again.')
      };
    case 'died':
      return { title: deathTitle(trouble.reason, words), text: trouble.message || generalAdvice(words) };
    case 'interrupted':
      return { title: deathTitle('wall_clock', words), text: trouble.message };
    case 'limit':
      return { title: limitTitle(trouble.limit, words), text: trouble.message };
  }
}

function placeText(place: { position: number; seconds: number | null }, words: Words): string {
  if (place.position === 0) {
    return words.__('It is your turn: your kernel is starting.');
  }
  if (place.seconds === null) {
    return words.__('Others are before you: you are number %1 in the queue.', place.position);
  }
  return words.__(
    'Others are before you: you are number %1 in the queue, which takes about %2 s.',
    place.position,
    place.seconds
  );
}

function generalAdvice(words: Words): string {
  return words.__('Restart it and run your cells again.');
}

/** Which limit ended a kernel, in a few words. */
export function deathTitle(reason: string, words: Words): string {
  switch (reason) {
    case 'memory':
      return words.__('The kernel ran out of memory');
    case 'time':
    case 'wall_clock':
      return words.__('A cell ran longer than allowed');
    case 'cpu':
      return words.__('The kernel used up its computing time');
    case 'flood':
      return words.__('The kernel sent too much at once');
    case 'disk':
      return words.__('The kernel ended because your workspace is full');
    case 'processes':
      return words.__('The kernel ended because it had too many processes');
    case 'idle':
      return words.__('The kernel was stopped because it was not used');
    case 'exited':
      return words.__('The kernel ended by itself');
    case 'engine_gone':
      return words.__('The sandbox restarted, and this kernel with it');
    case 'server_restart':
      return words.__('The server restarted without this kernel');
    case 'server_gone':
      return words.__('The server of this kernel is gone');
    case 'server_drained':
      return words.__('The server of this kernel is taken out of service');
    case 'restart_failed':
      return words.__('The kernel could not be started again');
    case 'admin':
      return words.__('An administrator stopped this kernel');
    case 'shutdown':
      return words.__('The kernel was shut down');
    default:
      return words.__('The kernel crashed');
  }
}

/** Which limit a cell ran into while its kernel lives on, in a few words. */
function limitTitle(limit: string, words: Words): string {
  switch (limit) {
    case 'processes':
      return words.__('Too many processes or threads');
    case 'memory':
      return words.__('Not enough memory');
    case 'disk':
      return words.__('Your workspace is full');
    case 'files':
      return words.__('Too many open files');
    case 'server':
      return words.__('This server is taken out of service');
    case 'frozen':
      return words.__('Your kernel stands still');
    case 'thawed':
      return words.__('Your kernel goes on');
    case 'file_size':
      return words.__('This file is too large');
    default:
      return words.__('A limit was reached');
  }
}
