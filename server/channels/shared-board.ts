// The board of several servers: each answers from its own memory and tells the others what it notes, a moment later.
import type { Events } from '../events.ts';
import type { UpstreamBoard } from './board.ts';

/** How long notes are gathered into one message. */
const GATHER_MS = 20;
/** Notes in one message; more are not told, and the other servers learn by themselves. */
const NOTES_MAX = 500;

interface Notes {
  rests: Record<string, number>;
  woken: string[];
  turns: Record<string, number>;
  count: number;
}

/** @param own this process's memory. */
export function createSharedBoard(own: UpstreamBoard, events: Events): UpstreamBoard {
  let notes: Notes | undefined;
  const note = (write: (to: Notes) => void): void => {
    if (!notes) {
      notes = { rests: {}, woken: [], turns: {}, count: 0 };
      setTimeout(() => {
        const { rests, woken, turns } = notes!;
        notes = undefined;
        events.emit({ type: 'board.changed', rests, woken, turns });
      }, GATHER_MS).unref();
    }
    if (notes.count++ < NOTES_MAX) write(notes);
  };
  events.onAny((event, from) => {
    if (event.type !== 'board.changed' || from === 'here') return;
    own.wake(event.woken);
    for (const [id, ms] of Object.entries(event.rests)) own.rest(id, ms);
    for (const [channelId, turns] of Object.entries(event.turns))
      for (let turn = 0; turn < Math.min(turns, NOTES_MAX); turn += 1) own.nextTurn(channelId);
  });
  return {
    rest(id, ms) {
      own.rest(id, ms);
      note(({ rests }) => (rests[id] = Math.max(rests[id] ?? 0, ms)));
    },
    restingMs: (id) => own.restingMs(id),
    wake(given) {
      const ids = [...given];
      own.wake(ids);
      note((to) => {
        to.woken.push(...ids.slice(0, NOTES_MAX));
        for (const id of ids) delete to.rests[id];
      });
    },
    nextTurn(channelId) {
      note(({ turns }) => (turns[channelId] = (turns[channelId] ?? 0) + 1));
      return own.nextTurn(channelId);
    },
    clear: () => own.clear(),
  };
}
