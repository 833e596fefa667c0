// /api/admin/costs: the cost report, and the same as a file.
import { COST_LINES_MAX, costsQuery, type CostsReply, costsReply } from '@hallpass/shared/costs.ts';
import { BOM, csvLine } from '@hallpass/shared/csv.ts';
import { nanosToDollars } from '@hallpass/shared/money.ts';

import { defineRoute, type Route } from '../http/route.ts';
import { addUp, less, totalOf } from '../stats/sums.ts';
import { costReport } from './report.ts';

const shared = { guard: 'admin', tag: 'statistics', query: costsQuery } as const;
const COLUMNS = ['id', 'name', 'calls', 'errors', 'prompt_tokens', 'completion_tokens', 'cost_usd'];

export const costRoutes: readonly Route[] = [
  defineRoute({
    ...shared,
    method: 'get',
    path: '/api/admin/costs',
    summary: 'What was spent from one day to another, by class, model, channel, user, pass or plan',
    response: costsReply,
    handler: async ({ ctx, query }): Promise<CostsReply> => {
      const { total, before, lines } = await costReport(ctx, query);
      const shown = lines.slice(0, COST_LINES_MAX);
      return {
        time_zone: ctx.config.TIME_ZONE,
        ...query,
        total: totalOf(total),
        before: totalOf(before),
        data: shown.map(({ id, name, ...sum }) => ({ id, name, ...totalOf(sum) })),
        rest: totalOf(less(total, addUp(shown))),
        lines: lines.length,
      };
    },
  }),
  defineRoute({
    ...shared,
    method: 'get',
    path: '/api/admin/costs/export',
    summary: 'The same as CSV (UTF-8 with BOM), with every line',
    fileType: 'text/csv',
    file: async ({ ctx, query }) => {
      const { total, lines } = await costReport(ctx, query);
      const rest = { id: '', name: '', ...less(total, addUp(lines)) };
      const text = [...lines, rest].map((line) =>
        csvLine([
          line.id,
          line.name,
          line.calls,
          line.errors,
          line.promptTokens,
          line.completionTokens,
          nanosToDollars(line.costNanos),
        ]),
      );
      const name = `hallpass-costs-${query.by}-${query.from}-${query.to}.csv`;
      return new Response(BOM + csvLine(COLUMNS) + text.join(''), {
        headers: { 'content-type': 'text/csv; charset=utf-8', 'content-disposition': `attachment; filename="${name}"` },
      });
    },
  }),
];
