// Everything kept about the signed-in person, as one JSON file written while it is read: memory stays flat.
import type { AppContext } from '../context.ts';
import {
  callsOf,
  contentsOf,
  insightsOf,
  listAgentsOf,
  listPassesOf,
  sessionsOf,
  submissionsOf,
  turnsOf,
} from './records-store.ts';
import { findUser } from './store.ts';

const encoder = new TextEncoder();

/** Times are epoch milliseconds, costs nano-dollars, as stored. Secrets (hashes) are left out. */
export async function exportAccount(ctx: AppContext, userId: string): Promise<Response> {
  const user = await findUser(ctx.db, userId);
  const { id, email, username, displayName, role, locale, createdAt, lastLoginAt } = user!;
  const head = {
    exported_at: new Date(ctx.clock.now()).toISOString(),
    account: { id, email, username, displayName, role, locale, createdAt, lastLoginAt, oidcIssuer: user!.oidcIssuer },
    passes: await listPassesOf(ctx.db, userId),
    agents: await listAgentsOf(ctx.db, userId),
  };
  const lists = {
    calls: callsOf(ctx.db, userId),
    contents: contentsOf(ctx.db, userId),
    sessions: sessionsOf(ctx.db, userId),
    turns: turnsOf(ctx.db, userId),
    submissions: submissionsOf(ctx.db, userId),
    insights: insightsOf(ctx.db, userId),
  };
  return new Response(streamOf(written(head, lists)), {
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'content-disposition': 'attachment; filename="hallpass-my-data.json"',
    },
  });
}

async function* written(head: object, lists: Record<string, AsyncIterable<object>>): AsyncGenerator<string> {
  yield JSON.stringify(head).slice(0, -1);
  for (const [name, rows] of Object.entries(lists)) {
    yield `,"${name}":[`;
    let first = true;
    for await (const row of rows) {
      yield (first ? '\n' : ',\n') + JSON.stringify(row);
      first = false;
    }
    yield ']';
  }
  yield '}\n';
}

function streamOf(texts: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      const { value, done } = await texts.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    cancel: () => void texts.return(undefined),
  });
}
