// The console's pictures: a week of a school, called through the real gateway by a clock that is moved, so that every
// figure in them is one the server counted.
import type { Page } from 'playwright-core';

import { createGatewayApp, type GatewayApp } from '../server/testing/gateway-app.ts';
import { addUser } from '../server/testing/people.ts';
import { ADMIN_PASSWORD } from '../server/testing/server-process.ts';
import { launchBrowser, visit, type VisitOptions } from './lib/browser.ts';
import { signInToConsole } from './lib/console.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Four o'clock in Taipei. */
const AFTERNOON = new Date().setUTCHours(8, 0, 0, 0);

/** Model, channel, dollars per million tokens, and how often it is asked. */
const MODELS = [
  ['gpt-5.2-mini', 'OpenAI', { prompt: 0.25, completion: 2 }, 5],
  ['claude-haiku-4-5', 'Anthropic', { prompt: 1, completion: 5 }, 3],
  ['qwen3-max', '阿里云百炼', { prompt: 1.2, completion: 6 }, 4],
  ['qwen3-8b', 'Ollama', { prompt: 0, completion: 0 }, 2],
] as const;
const PUPILS = ['林小美', '王大明', '陳怡君', '張家豪', '李佳穎', '黃俊傑'];

interface ConsolePicture {
  file: string;
  look: VisitOptions;
  path: string;
  prepare?: (page: Page) => Promise<unknown>;
}

const PICTURES: ConsolePicture[] = [
  { file: 'console.png', look: { locale: 'en-US', theme: 'light' }, path: '/admin' },
  { file: 'console-stats.png', look: { locale: 'zh-CN', theme: 'dark' }, path: '/admin/stats' },
  {
    file: 'console-strips.png',
    look: { locale: 'zh-TW', theme: 'light' },
    path: '/admin/passes',
    prepare: async (page) => {
      await page.getByRole('button', { name: '製作通行證' }).click();
      await page.locator('textarea').fill(PUPILS.map((name) => `7b ${name}`).join('\n'));
      await page.locator('form').getByRole('combobox').first().selectOption({ label: '7b' });
      await page.locator('button[type=submit]').click();
      await page.locator('.strip').first().waitFor();
      await page.getByRole('textbox').first().fill('https://ai.school.example');
    },
  },
];

/** @param toPath where a picture of that name goes. */
export async function drawConsole(toPath: (file: string) => string): Promise<void> {
  await using gateway = await createGatewayApp({ TIME_ZONE: 'Asia/Taipei' });
  await fillWeek(gateway);
  const url = await gateway.app.listen();
  const browser = await launchBrowser();
  for (const { file, look, path, prepare } of PICTURES) {
    await using visitor = await visit(browser, url, look);
    const { page } = visitor;
    await signInToConsole({ url }, page);
    await page.goto(url + path);
    await page.waitForLoadState('networkidle');
    await prepare?.(page);
    // Charts and menus have settled.
    await page.waitForTimeout(1_000);
    await page.screenshot({ path: toPath(file) });
  }
  await browser.close();
}

async function fillWeek(gateway: GatewayApp): Promise<void> {
  const { ctx, clock } = gateway.app;
  const passwordHash = await ctx.passwords.hash(ADMIN_PASSWORD);
  await addUser(ctx, { role: 'admin', username: 'admin', email: null, passwordHash });
  for (const [name, channel, prices] of MODELS) await gateway.addModel(name, {}, { name: channel, prices });
  const room = await post(gateway, '/api/admin/classrooms', { name: '7b', budget: 20 });
  const keys = await Promise.all(PUPILS.map((key_alias) => gateway.pass({ key_alias, team_id: room.id })));
  const asked = MODELS.flatMap(([name, , , weight]) => Array.from({ length: weight }, () => name));
  for (let day = 0; day < 7; day += 1) {
    const calls = 60 + ((day * 37) % 60);
    clock.setWall(AFTERNOON - (6 - day) * DAY_MS - 8 * HOUR_MS);
    for (let n = 0; n < calls; n += 1) {
      clock.advance(Math.floor((7.5 * HOUR_MS) / calls));
      await ask(gateway, keys[n % keys.length]!, asked[(n * 5 + day) % asked.length]!, n);
    }
  }
  clock.setWall(AFTERNOON);
}

/** A question of a pupil's length, and an answer of a tutor's. */
async function ask(gateway: GatewayApp, key: string, model: string, n: number): Promise<void> {
  const [prompt, completion] = [300 + ((n * 97) % 900), 150 + ((n * 53) % 500)];
  const usage = { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion };
  gateway.upstream.script(model, n % 29 === 28 ? { status: 500 } : { usage, wordDelayMs: 1 });
  // While it is asked, time goes on faster than it does.
  const timer = setInterval(() => gateway.app.clock.advance(40 + ((n * 31) % 90)), 1);
  await (await gateway.chat(key, { model, stream: true })).text();
  clearInterval(timer);
}

async function post({ app, admin }: GatewayApp, path: string, json: object): Promise<{ id: string }> {
  return (await (await app.request(path, { json, token: admin })).json()) as { id: string };
}
