// Models and the order of their routes, as the console changes them.
import { afterEach, beforeEach, expect, test } from 'bun:test';

import type { AdminModel } from '@hallpass/shared/admin-models.ts';

import { createGatewayApp, type GatewayApp } from '../testing/gateway-app.ts';

const MODELS = '/api/admin/models';
let gateway: GatewayApp;

beforeEach(async () => {
  gateway = await createGatewayApp();
  await gateway.addModel('m', {}, { name: 'one' });
  await gateway.addModel('m', {}, { name: 'two' });
  await gateway.addModel('spare');
});
afterEach(() => gateway[Symbol.asyncDispose]());

const send = (method: string, path: string, json?: unknown) =>
  gateway.app.request(path, { method, token: gateway.admin, ...(json === undefined ? {} : { json }) });
const list = async () => ((await (await send('GET', MODELS)).json()) as { data: AdminModel[] }).data;
const model = async (name = 'm') => (await list()).find((one) => one.name === name)!;
async function answeredBy(): Promise<string | null> {
  const key = await gateway.pass();
  expect((await gateway.chat(key)).status).toBe(200);
  return (await gateway.calls()).at(-1)!.channelName;
}
const routesOf = ({ routes }: AdminModel) =>
  routes.map(({ id, priority, weight, status }) => ({ id, priority, weight, status }));

test('routes are told in the order they are tried, and a new order holds for the next call', async () => {
  const before = await model();
  expect(before.routes.map(({ channel }) => channel).sort()).toEqual(['one', 'two']);
  const order = (first: string) =>
    routesOf(before).map((route, i) => ({ ...route, priority: before.routes[i]!.channel === first ? 0 : 1 }));
  for (const first of ['two', 'one', 'two']) {
    const told = (await (await send('PUT', `${MODELS}/${before.id}`, { routes: order(first) })).json()) as AdminModel;
    expect(told.routes.map(({ channel }) => channel)[0]).toBe(first);
    expect(await answeredBy()).toBe(first);
  }
});

test('a route and a model are switched off at once', async () => {
  const { id, ...before } = await model();
  const routes = routesOf({ id, ...before }).map((route, i) => ({
    ...route,
    status: i === 0 ? 'disabled' : 'enabled',
  }));
  await send('PUT', `${MODELS}/${id}`, { routes });
  for (let i = 0; i < 4; i += 1) expect(await answeredBy()).toBe(before.routes[1]!.channel);
  await send('PUT', `${MODELS}/${id}`, { status: 'disabled' });
  expect((await gateway.chat(await gateway.pass())).status).toBe(404);
});

test('its name for people, capabilities, limits and fallbacks are changed', async () => {
  const { id } = await model();
  const fields = {
    display_name: 'Em',
    capabilities: ['vision'],
    context_window: 1_000,
    max_output_tokens: 100,
    fallbacks: ['spare'],
  };
  expect(await (await send('PUT', `${MODELS}/${id}`, fields)).json()).toMatchObject(fields);
  expect(await model()).toMatchObject({ ...fields, status: 'enabled' });
});

test('what is wrong is refused by name, and nothing is half done', async () => {
  const before = await model();
  const other = await model('spare');
  const wrong: [object, number][] = [
    [{}, 400],
    [{ display_name: '' }, 400],
    [{ fallbacks: ['nowhere'] }, 400],
    [{ fallbacks: ['m'] }, 400],
    [{ display_name: 'x', routes: routesOf(before).slice(1) }, 400],
    [{ display_name: 'x', routes: [...routesOf(before).slice(1), ...routesOf(other)] }, 400],
    [{ display_name: 'x', routes: [routesOf(before)[0], routesOf(before)[0]] }, 400],
  ];
  for (const [body, code] of wrong)
    expect([body, (await send('PUT', `${MODELS}/${before.id}`, body)).status]).toEqual([body, code]);
  expect(await model()).toEqual(before);
  expect((await send('PUT', `${MODELS}/model_x`, { status: 'disabled' })).status).toBe(404);
});
