// The models of the chat page and the one chosen.
import { defineStore } from 'pinia';
import { computed, ref, watch } from 'vue';

import { type ChatModel, listModels } from '@/api/models.ts';
import { Problem } from '@/api/problem.ts';
import { readStored, writeStored } from '@/lib/stored.ts';
import { useLogin } from '@/stores/login.ts';

const STORED = 'hallpass.model';

/** `closed`: only people who are signed in may chat here. */
export type ModelsState = 'loading' | 'ready' | 'empty' | 'failed' | 'closed';

export const useModels = defineStore('models', () => {
  const account = useLogin();
  const models = ref<ChatModel[]>([]);
  const state = ref<ModelsState>('loading');
  const chosenId = ref(readStored('session', STORED) ?? '');
  const chosen = computed(() => models.value.find(({ id }) => id === chosenId.value) ?? models.value[0]);
  const onlyDemo = computed(() => models.value.length > 0 && models.value.every(({ demo }) => demo));
  let latest = 0;

  /** Loads the list; while it is loaded again the present one stays usable. */
  async function load(): Promise<void> {
    const mine = ++latest;
    if (state.value !== 'ready') state.value = 'loading';
    try {
      const list = await listModels(account.token);
      if (mine !== latest) return;
      models.value = list;
      state.value = list.length > 0 ? 'ready' : 'empty';
    } catch (error) {
      if (mine === latest) fail(error);
    }
  }

  function fail(error: unknown): void {
    const needsLogin = error instanceof Problem && error.kind === 'login';
    // A sign-in that has ended leaves a guest, who may have models of his own; the watcher below loads them.
    if (needsLogin && account.login) return account.signOut();
    if (needsLogin) models.value = [];
    if (needsLogin || state.value !== 'ready') state.value = needsLogin ? 'closed' : 'failed';
  }

  function choose(id: string): void {
    chosenId.value = id;
    writeStored('session', STORED, id);
  }

  // Another person may be allowed other models.
  watch(() => account.token, load);

  return { models, state, chosen, onlyDemo, load, choose };
});
