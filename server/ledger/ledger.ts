// The ledger's contract: the one place where money is held and charged. Every engine passes ledger.suite.ts.
//
// Rules an implementation keeps:
// - `open` writes the call row and holds its bound on every account in one step, or does neither.
// - `settle` happens exactly once a call: charge, release of the hold, row, attempts and roll-ups in one step.
// - Both resolve only after the commit is durable. A settle that cannot be written yet stays queued; it is never dropped.
// - For every account with a cap, at every commit: settled + held ≤ cap (I1 of the money rules).
// - For every account: settled = Σ cost of its call rows + carried.

/** Whose money an account is. The tightest account of a call decides and is named in the refusal. */
export type PartyKind = 'pass' | 'seat' | 'classroom' | 'user' | 'guest' | 'plan' | 'system';

/** One party and period a call is charged to. */
export interface AccountRef {
  partyKind: PartyKind;
  partyId: string;
  /** How a refusal names the party, such as the pass's alias. */
  partyName: string;
  /** 0 = no periods. */
  periodStart: number;
  /** null = never resets. */
  periodEnd: number | null;
  timeZone: string;
  /** null = uncapped: spend is recorded, nothing is refused. A change takes effect with this call. */
  capNanos: number | null;
}

/** The prices a call is held and charged with: whole nanos per million units; null = no such price. */
export interface UnitPrices {
  promptNanos: number;
  completionNanos: number;
  cachedNanos: number | null;
  cacheWriteNanos: number | null;
  reasoningNanos: number | null;
  imageNanos: number | null;
  audioNanos: number | null;
  /** Per request, in nanos (not per million). */
  requestNanos: number | null;
  /** Where the price came from and its version, stamped on the row. */
  source: string;
  version: string;
}

/**
 * The most a call may cost. The ledger grants as many output tokens as every account can afford, between
 * `minOutputTokens` and `wantedOutputTokens`, and holds fixed + granted × price.
 */
export interface HoldBound {
  /** Σ units × price of everything but the output: nanos × 10⁶. */
  fixedMicros: bigint;
  /** Nanos per million output tokens (the dearer of completion and reasoning). */
  outputNanos: number;
  wantedOutputTokens: number;
  minOutputTokens: number;
  /** How many answers `n` asks for; the granted tokens are per answer. */
  answers: number;
}

/** The columns of a call row known before anything is sent upstream. */
export interface CallHeader {
  id: string;
  requestId: string;
  kind: 'question' | 'task' | 'test' | 'recorded';
  endpoint: string;
  passId: string | null;
  passName: string | null;
  planId: string | null;
  userId: string | null;
  userName: string | null;
  seatId: string | null;
  seatName: string | null;
  classroomId: string | null;
  classroomName: string | null;
  sessionId: string | null;
  assignmentId: string | null;
  activationCode: string | null;
  model: string;
  mode: string | null;
  stream: boolean;
  ip: string | null;
  openedAt: number;
  day: string;
  unpriced: boolean;
  /** Quick estimate of the prompt's tokens; an orphan is charged by it. */
  promptEstimate: number;
  /** null when no price is known. */
  prices: UnitPrices | null;
  /** What is asked for that is not counted in tokens; an orphan is charged by it too. Absent = one request, no more. */
  units?: OrphanUnits;
}

export interface OrphanUnits {
  images: number;
  /** Each at the price of a request. */
  requests: number;
  /** Of the prompt's estimate, what has the price of audio. */
  audioTokens: number;
}

export interface OpenOp {
  kind: 'open';
  call: CallHeader;
  /** Most specific first, each once. */
  accounts: readonly AccountRef[];
  /** null when no account has a cap: nothing is held and the output is not bounded. */
  bound: HoldBound | null;
  /** How long the call may stand in line while only open holds are in its way. */
  waitMs: number;
}

/** Why a hold was not possible: the tightest account. */
export interface BudgetRefusal {
  account: AccountRef;
  capNanos: number;
  settledNanos: number;
  heldNanos: number;
}

export type OpenReply =
  | { ok: true; heldNanos: number; grantedOutputTokens: number | null; waitedMs: number }
  | { ok: false; refusal: BudgetRefusal };

/** Tokens by kind; `cached`, `cacheWrite` are parts of prompt, `reasoning` a part of completion. */
export interface TokenUsage {
  promptTokens: number;
  cachedTokens: number;
  cacheWriteTokens: number;
  completionTokens: number;
  reasoningTokens: number;
  /** A part of prompt too, heard and not read: it decides the price, and rows keep it within prompt. */
  audioTokens?: number;
}

export type AttemptStatus = 'ok' | 'error' | 'timeout' | 'cancelled' | 'cut';

/** One request that left the process. */
export interface AttemptRecord extends TokenUsage {
  id: string;
  channelId: string;
  channelKeyId: string | null;
  routeId: string | null;
  upstreamModel: string;
  upstreamRequestId: string | null;
  status: AttemptStatus;
  httpStatus: number | null;
  errorCode: string | null;
  startedAt: number;
  firstByteAt: number | null;
  endedAt: number;
  estimated: boolean;
  costNanos: number;
  prices: UnitPrices | null;
}

/** How a call ended: `success`, or why not. */
export type CallStatus = 'success' | 'error' | 'cancelled' | 'cut' | 'refused';

/** What was said, kept beside the numbers where the caller's content policy asks for it. Bounded by whoever makes it. */
export interface CallContent {
  /** JSON of the list of messages. */
  requestJson: string;
  /** JSON of the request's other fields. */
  paramsJson: string | null;
  /** JSON of the reply, as a chat completion; null = none came. */
  responseJson: string | null;
  /** The reply's text alone. */
  responseText: string | null;
  policy: string;
  /** Something was left out to keep the row small. */
  truncated: boolean;
}

export interface SettleOp {
  kind: 'settle';
  callId: string;
  status: CallStatus;
  errorCode: string | null;
  errorMessage: string | null;
  channelId: string | null;
  channelName: string | null;
  firstByteAt: number | null;
  settledAt: number;
  usage: TokenUsage;
  estimated: boolean;
  /** What is charged; the ledger charges at most the hold where one was made, and sets overHold. */
  costNanos: number;
  attempts: AttemptRecord[];
  /** Written in the same transaction; absent = nothing is kept. */
  content?: CallContent | undefined;
}

export interface SettleReply {
  /** false = the call had been settled before, or was never opened: nothing was changed. */
  settled: boolean;
  costNanos: number;
  overHold: boolean;
}

/** How much of an answer has been delivered; written along with the next batch, never awaited. */
export interface ProgressOp {
  kind: 'progress';
  marks: { callId: string; deliveredBytes: number }[];
}

/** A client that leaves the line before its call is opened. */
export interface LeaveOp {
  kind: 'leave';
  callId: string;
}

/** Settles every call that a dead process left open, as `orphaned` and `estimated`. */
export interface RecoverOp {
  kind: 'recover';
  now: number;
  /** Calls settled so far: an engine that works in batches goes on with this. */
  recovered?: number;
  /** Asked for by a process that serves already, about the calls of others. */
  whileRunning?: boolean;
}

/** What recovery found; `repairs` are accounts whose hold was not the sum of their open calls. */
export interface RecoverReply {
  recovered: number;
  repairs: { accountId: string; heldNanos: number; correctNanos: number }[];
}

/** The answer to an open whose client left the line. */
export interface LeftReply {
  left: true;
}

export type LedgerOp = OpenOp | SettleOp | ProgressOp | LeaveOp | RecoverOp;
export type LedgerReply = OpenReply | SettleReply | RecoverReply | LeftReply | undefined;

export interface Ledger {
  /**
   * An open that resolves with `ok` must be settled, even when the signal was aborted meanwhile.
   * @throws LedgerUnavailable when the hold cannot be made durable in time.
   * @throws the signal's reason when it is aborted before anything was held.
   */
  open(op: Omit<OpenOp, 'kind'>, signal?: AbortSignal): Promise<OpenReply>;
  /** Resolves once durable. @throws LedgerUnavailable after 10 s; the settle stays queued all the same. */
  settle(op: Omit<SettleOp, 'kind'>): Promise<SettleReply>;
  /** Remembers how much was delivered; an orphan is charged by the last mark. */
  progress(callId: string, deliveredBytes: number): void;
  /** Run once at start, before anything is served. Calls of other processes that live are left alone. */
  recover(now: number): Promise<number>;
}

/** The ledger cannot make a step durable; nothing was admitted. */
export class LedgerUnavailable extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'LedgerUnavailable';
  }
}
