// The models of the chat page and the one chosen.
import { defineStore } from 'pinia';
import { computed, ref, watch } from 'vue';

import { type ChatModel, DEMO_MODEL_ID, listModels } from '@/api/models.ts';
import { readStored, writeStored } from '@/lib/stored.ts';
import { useLogin } from '@/stores/login.ts';

const STORED = 'hallpass.model';

export type ModelsState = 'loading' | 'ready' | 'empty' | 'failed';

export const useModels = defineStore('models', () => {
  const account = useLogin();
  const models = ref<ChatModel[]>([]);
  const state = ref<ModelsState>('loading');
  const chosenId = ref(readStored('session', STORED) ?? '');
  const chosen = computed(() => models.value.find(({ id }) => id === chosenId.value) ?? models.value[0]);
  const onlyDemo = computed(() => models.value.length === 1 && models.value[0]?.id === DEMO_MODEL_ID);
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
    } catch {
      if (mine === latest && state.value !== 'ready') state.value = 'failed';
    }
  }

  function choose(id: string): void {
    chosenId.value = id;
    writeStored('session', STORED, id);
  }

  // Another person may be allowed other models.
  watch(() => account.token, load);

  return { models, state, chosen, onlyDemo, load, choose };
});
