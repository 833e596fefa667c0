// Counts answers as right or wrong and keeps their times. An error is never a success.
import { wrongWith } from '../answers.ts';
import type { Answer } from './connection.ts';
import { type Ask, type Outcome, summarize } from './work.ts';

const REASONS_MAX = 5;

export class Tally {
  private right = 0;
  private wrong = 0;
  private answered = 0;
  private readonly reasons = new Set<string>();
  private readonly latencies: number[] = [];
  private readonly firstBytes: number[] = [];
  private readonly startedAt = performance.now();

  constructor(private readonly ask: Ask) {}

  add(answer: Answer): void {
    if (answer.status === 200) this.answered += 1;
    const reason = this.reasonAgainst(answer);
    if (reason !== undefined) return this.addWrong(reason);
    this.right += 1;
    this.latencies.push(answer.endedAt - answer.startedAt);
    this.firstBytes.push(answer.firstByteAt - answer.startedAt);
  }

  addWrong(reason: string): void {
    this.wrong += 1;
    if (this.reasons.size < REASONS_MAX) this.reasons.add(reason.slice(0, 300));
  }

  outcome(): Outcome {
    return {
      right: this.right,
      wrong: this.wrong,
      reasons: [...this.reasons],
      answered: this.answered,
      seconds: (performance.now() - this.startedAt) / 1000,
      latency: summarize(this.latencies),
      firstByte: summarize(this.firstBytes),
    };
  }

  private reasonAgainst({ status, body }: Answer): string | undefined {
    const { expect, format } = this.ask;
    if (status !== this.ask.status) return `status ${status}: ${body}`;
    return expect === 'refused' ? undefined : wrongWith(body, expect, format);
  }
}
