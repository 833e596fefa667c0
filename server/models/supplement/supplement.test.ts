import { describe, expect, test } from 'bun:test';

import { PRESETS } from '../../channels/presets/presets.ts';
import { DEFAULT_CNY_RATE } from '../../settings/rules.ts';
import { loadPriceTable } from '../published-prices.ts';
import { EMBEDDINGS } from './embeddings.ts';
import { SHEET_CURRENCIES, type SheetPrice, type SheetRow } from './sheet.ts';
import { findInSupplement, findNameInSupplement, SHEETS, sheetBySource, yuanToNanos } from './supplement.ts';

const AT = Date.UTC(2026, 10, 29);
const find = (preset: string | null, baseUrl: string, model: string, cnyRate = 7) =>
  findInSupplement({ preset, baseUrl, model, cnyRate });
const pricesOf = (row: SheetRow) =>
  (Array.isArray(row) ? [[0, row]] : Object.entries(row)).map(
    ([above, price]) => [Number(above), price as SheetPrice] as const,
  );

/** Doors that no preset offers any more; their prices still tell what a model of that name costs elsewhere. */
const CLOSED = ['api.hunyuan.cloud.tencent.com'];

describe('every sheet', () => {
  test('names its source, the vendor’s page, the day it was read, a door of its preset and a currency', () => {
    const presets = new Map(PRESETS.map((preset) => [preset.id, preset]));
    for (const { preset, hosts, currency, source } of SHEETS) {
      const doors = [...CLOSED, ...presets.get(preset)!.base_urls.map(({ url }) => new URL(url).hostname)];
      expect([preset, hosts.filter((host) => !doors.includes(host))]).toEqual([preset, []]);
      expect(SHEET_CURRENCIES).toContain(currency);
      expect([source.url, source.vendor].map((url) => new URL(url).protocol)).toEqual(['https:', 'https:']);
      expect(source.readOn).toMatch(/^2026-\d\d-\d\d$/);
    }
  });

  test('has tiers that begin at 0 and grow, and no price that a slip of the unit would explain', () => {
    for (const { rows } of SHEETS) {
      for (const [model, row] of Object.entries(rows)) {
        const tiers = pricesOf(row);
        const starts = tiers.map(([above]) => above);
        expect([model, starts[0], starts]).toEqual([model, 0, starts.toSorted((a, b) => a - b)]);
        for (const [, [input, output, cached]] of tiers) {
          const embeds = EMBEDDINGS.some((sheet) => Object.hasOwn(sheet.rows, model));
          const fits = embeds ? output === 0 && input > 0 && input <= 1 : output >= input && output <= 200;
          expect([model, input >= 0 && fits]).toEqual([model, true]);
          expect([model, (cached ?? 0) <= input]).toEqual([model, true]);
        }
      }
    }
  });

  test('names no model twice for one door', () => {
    const named = SHEETS.flatMap(({ hosts, rows }) => hosts.flatMap((host) => Object.keys(rows).map((m) => host + m)));
    expect(named.filter((one, index) => named.indexOf(one) !== index)).toEqual([]);
  });

  test('holds only what the published table lacks, but for GLM, of which that knows the cheapest tier only', async () => {
    const table = await loadPriceTable();
    const known = SHEETS.filter(({ preset }) => preset !== 'zhipuai').flatMap(({ preset, hosts, rows }) =>
      Object.keys(rows).filter((model) => table.find({ preset, baseUrl: `https://${hosts[0]}/v1`, model, at: AT })),
    );
    expect(known).toEqual([]);
  });

  test('an embedding costs its input alone, at home in yuan, abroad in dollars', () => {
    const qwen = (host: string) => find('qwen', `https://${host}/compatible-mode/v1`, 'text-embedding-v4')![0]!.prices;
    expect(qwen('dashscope-intl.aliyuncs.com')).toMatchObject({ promptNanos: 70_000_000, completionNanos: 0 });
    expect(qwen('dashscope.aliyuncs.com')).toMatchObject({ promptNanos: yuanToNanos(0.5, 7), completionNanos: 0 });
    for (const { hosts, preset, rows } of EMBEDDINGS)
      for (const model of Object.keys(rows)) expect(find(preset, `https://${hosts[0]}/v1`, model)).toHaveLength(1);
  });

  test('together they price what the mainland presets begin with, where a source was found', async () => {
    const table = await loadPriceTable();
    const unpriced = PRESETS.filter(({ group, example_model }) => group === 'mainland' && example_model).filter(
      ({ id, base_urls, example_model: model }) => {
        const baseUrl = base_urls[0]!.url;
        return !find(id, baseUrl, model!) && !table.find({ preset: id, baseUrl, model: model!, at: AT });
      },
    );
    expect(unpriced.map(({ id }) => id)).toEqual(['siliconflow']);
  });
});

describe('a model is found', () => {
  test('by the door: at home in yuan, abroad in dollars', () => {
    const home = find('qwen', 'https://dashscope.aliyuncs.com/compatible-mode/v1', 'qwen-plus', 8)!;
    expect(home.map(({ aboveTokens }) => aboveTokens)).toEqual([0, 128_000, 256_000]);
    expect(home[0]!.prices).toMatchObject({
      promptNanos: 100_000_000,
      completionNanos: 1_000_000_000,
      cachedNanos: 20_000_000,
      source: 'supplement/qwen/CNY',
      version: 'supplement-2026-11-29@8',
    });
    const abroad = find(null, 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1', 'qwen-plus', 8)!;
    expect(abroad[0]!.prices).toMatchObject({
      promptNanos: 400_000_000,
      reasoningNanos: 4_000_000_000,
      source: 'supplement/qwen/USD',
      version: 'supplement-2026-11-29',
    });
  });

  test('by the preset where the address is nobody’s door, and never across vendors', () => {
    expect(find('ernie', 'https://proxy.school.example/v1', 'ernie-x1-turbo-32k')).toBeDefined();
    expect(find('hunyuan', 'https://proxy.school.example/v1', 'ernie-x1-turbo-32k')).toBeUndefined();
    expect(find('hunyuan', 'https://qianfan.baidubce.com/v2', 'hunyuan-lite')).toBeUndefined();
    expect(find('qwen', 'https://dashscope.aliyuncs.com/v1', '__proto__')).toBeUndefined();
    expect(find('qwen', 'not a url', 'qwen-max')).toBeDefined();
  });

  test('by its name alone where vendors differ: the dearest', () => {
    // Alibaba asks 4 yuan for a prompt of more than 32,000 tokens, Zhipu too, SiliconFlow names it otherwise.
    expect(findNameInSupplement('glm-4.5v', 8)![0]!.prices.promptNanos).toBeGreaterThanOrEqual(250_000_000);
    expect(findNameInSupplement('nothing-like-it', 8)).toBeUndefined();
  });

  test('and what is stamped leads back to the sheet', () => {
    const where = { preset: 'doubao', baseUrl: 'http://127.0.0.1:1/v1', model: 'doubao-seed-2-1-pro-260915' };
    expect(sheetBySource('supplement/doubao/USD', where)!.source.url).toContain('litellm');
    expect(sheetBySource('genai-prices/doubao', where)).toBeUndefined();
  });
});

test('yuan become dollars rounded up, to the nano-dollar', () => {
  expect(yuanToNanos(0.8, 7)).toBe(114_285_715);
  expect(yuanToNanos(6.95, DEFAULT_CNY_RATE)).toBe(1_000_000_000);
  expect(yuanToNanos(0, 7)).toBe(0);
  // The dearest row at the lowest rate that can be set can still be counted with.
  expect(yuanToNanos(200, 1)).toBe(200_000_000_000);
});
