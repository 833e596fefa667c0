// What happens in the system, as one typed union, told after it was committed. Listeners must be quick:
// a slow consumer keeps its own bounded queue.
export type HallpassEvent =
  | {
      type: 'call.opened';
      callId: string;
      at: number;
      model: string;
      passId: string | null;
      classroomId: string | null;
      seatId: string | null;
    }
  | {
      type: 'call.settled';
      callId: string;
      at: number;
      model: string;
      status: string;
      costNanos: number;
      passId: string | null;
      classroomId: string | null;
      seatId: string | null;
    }
  | { type: 'call.refused'; requestId: string; at: number; code: string; passId: string | null; ip: string | null }
  | { type: 'call.over_hold'; callId: string; heldNanos: number; reportedNanos: number; channelId: string | null }
  | { type: 'pass.changed'; passId: string }
  | { type: 'plan.changed'; planId: string }
  | { type: 'catalog.changed' }
  | { type: 'settings.changed' }
  /** The version row grew, here or in another process: whatever is remembered from the database is dropped. */
  | { type: 'changes.seen'; version: number }
  /** Another process has changed something: the version row is looked at now rather than later. */
  | { type: 'changes.hinted' }
  /** What the throttle of sign-ins has counted; accounts are hashed. */
  | ({ type: 'throttle.counted' } & ThrottleCount)
  /** Rests and turns of channels and keys, for the boards of the other processes. */
  | { type: 'board.changed'; rests: Record<string, number>; woken: string[]; turns: Record<string, number> }
  | { type: 'user.changed'; userId: string }
  | { type: 'classroom.changed' }
  | { type: 'classroom.paused'; classroomId: string }
  /** Limits are shared through Redis again, or each server keeps its part of them by itself. */
  | { type: 'limits.store_changed'; store: 'redis' | 'memory'; servers: number }
  /** An upstream refused a key, so it is taken out of use: an administrator should know. */
  | { type: 'channel.key_disabled'; channelId: string; keyId: string; reason: string }
  /** An upstream throttles a key, which rests for so long. */
  | { type: 'channel.key_cooled'; channelId: string; keyId: string; ms: number; reason: string }
  /** A channel failed so often that it rests. */
  | { type: 'channel.resting'; channelId: string }
  /** A channel was saved or removed: what was held against it and these keys counts no more. */
  | { type: 'channel.saved'; channelId: string; keyIds: readonly string[] };

export type ThrottleCount =
  | { what: 'failed' | 'succeeded' | 'withdrawn'; account: string; network: string; wasKnown: boolean }
  | { what: 'registered'; network: string; cost: number };

/** What the other processes are told too. What is remembered from the database is dropped by `changes` instead. */
export const BRIDGED = [
  'call.opened',
  'call.settled',
  'call.refused',
  'call.over_hold',
  'changes.hinted',
  'classroom.paused',
  'throttle.counted',
  'board.changed',
] as const satisfies readonly HallpassEvent['type'][];

/** Where something happened: in this process, or in another one on the same database. */
export type Origin = 'here' | 'elsewhere';

export type EventOf<T extends HallpassEvent['type']> = Extract<HallpassEvent, { type: T }>;

export interface Events {
  emit(event: HallpassEvent, from?: Origin): void;
  /** What happens in this process. @returns the function that stops listening. */
  on<T extends HallpassEvent['type']>(type: T, listener: (event: EventOf<T>) => void): () => void;
  /** What happens in any process. What is done once for all (a mail, a row) listens with `on`. */
  onEverywhere<T extends HallpassEvent['type']>(type: T, listener: (event: EventOf<T>) => void): () => void;
  /** Everything, as it comes. */
  onAny(listener: (event: HallpassEvent, from: Origin) => void): () => void;
}

type Listener = (event: HallpassEvent, from: Origin) => void;

/** @param onError told when a listener throws; the others still run. */
export function createEvents(onError: (error: unknown) => void): Events {
  const listeners = new Map<string, Set<Listener>>();
  const add = (type: string, listener: Listener) => {
    const set = listeners.get(type) ?? new Set();
    listeners.set(type, set.add(listener));
    return () => set.delete(listener);
  };
  return {
    emit(event, from = 'here') {
      for (const type of [event.type, '*'])
        for (const listener of listeners.get(type) ?? []) {
          try {
            listener(event, from);
          } catch (error) {
            onError(error);
          }
        }
    },
    on: (type, listener) => add(type, (event, from) => from === 'here' && listener(event as never)),
    onEverywhere: (type, listener) => add(type, (event) => listener(event as never)),
    onAny: (listener) => add('*', listener),
  };
}
