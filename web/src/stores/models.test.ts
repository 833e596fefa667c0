import { createPinia, setActivePinia } from 'pinia';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { useLogin } from './login.ts';
import { useModels } from './models.ts';

let answer: () => Response;
const model = (id: string, demo = false) => ({ id, name: id.toUpperCase(), demo });
const refusal = (code: string, status: number) => () => Response.json({ error: { code, message: 'x' } }, { status });

beforeEach(() => {
  sessionStorage.clear();
  setActivePinia(createPinia());
  vi.stubGlobal('fetch', (path: string) =>
    Promise.resolve(path === '/api/chat/models' ? answer() : Response.json({ name: 'u', role: 'user' })),
  );
});
afterEach(() => vi.unstubAllGlobals());

describe('the models of the chat page', () => {
  test('are ready with the first one chosen, or the one chosen before', async () => {
    answer = () => Response.json([model('a'), model('b')]);
    const models = useModels();
    expect(models.state).toBe('loading');
    await models.load();
    expect(models.state).toBe('ready');
    expect(models.chosen?.id).toBe('a');
    models.choose('b');
    setActivePinia(createPinia());
    await useModels().load();
    expect(useModels().chosen?.id).toBe('b');
  });

  test('fall back to the first when the chosen one is gone', async () => {
    answer = () => Response.json([model('a')]);
    const models = useModels();
    models.choose('gone');
    await models.load();
    expect(models.chosen?.id).toBe('a');
  });

  test('are only the demo when nothing else answers', async () => {
    answer = () => Response.json([model('hallpass-demo', true)]);
    const models = useModels();
    await models.load();
    expect(models.onlyDemo).toBe(true);
  });

  test('may be none', async () => {
    answer = () => Response.json([]);
    const models = useModels();
    await models.load();
    expect(models.state).toBe('empty');
    expect(models.onlyDemo).toBe(false);
  });

  test('that cannot be loaded again stay as they were', async () => {
    answer = () => Response.json([model('a')]);
    const models = useModels();
    await models.load();
    answer = refusal('database_unavailable', 503);
    await models.load();
    expect(models.state).toBe('ready');
    expect(models.chosen?.id).toBe('a');
  });

  test('are closed to guests where guests are not allowed', async () => {
    answer = refusal('guests_off', 403);
    const models = useModels();
    await models.load();
    expect(models.state).toBe('closed');
    expect(models.chosen).toBeUndefined();
  });

  test('are a guest’s again when the sign-in has ended', async () => {
    answer = () => Response.json([model('a')]);
    const models = useModels();
    await useLogin().signIn('eyJ.x.y');
    answer = refusal('login_expired', 401);
    const loading = models.load();
    answer = refusal('login_expired', 401);
    await loading;
    expect(useLogin().login).toBeNull();
    answer = () => Response.json([model('g')]);
    await models.load();
    expect(models.models.map(({ id }) => id)).toEqual(['g']);
  });
});
