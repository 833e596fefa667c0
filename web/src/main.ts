// Starts the pages: language first, so that nothing is painted in the wrong one.
import { createPinia } from 'pinia';
import { createApp } from 'vue';

import App from './App.vue';
import { firstLocale } from './i18n/locale.ts';
import { keepEarlyQuestion } from './lib/early-question.ts';
import { nextTask } from './lib/idle.ts';
import { i18n, switchLocale } from './i18n/texts.ts';
import { router } from './router.ts';
import './style.css';

/** No `await` at the top: a page that is loaded later would wait for this file, and this file for the page. */
async function start(): Promise<void> {
  await switchLocale(firstLocale(navigator.languages ?? [navigator.language]));
  const app = createApp(App).use(createPinia()).use(i18n).use(router);
  // The page is drawn once, when it is known which, and not in one breath with the loading: a weak phone stays awake.
  await router.isReady();
  await nextTask();
  keepEarlyQuestion();
  delete document.documentElement.dataset.first;
  app.mount('#app');
}

void start();
