// Starts the pages: language first, so that nothing is painted in the wrong one.
import { createPinia } from 'pinia';
import { createApp } from 'vue';

import App from './App.vue';
import { firstLocale } from './i18n/locale.ts';
import { i18n, switchLocale } from './i18n/texts.ts';
import { router } from './router.ts';
import './style.css';

await switchLocale(firstLocale(navigator.languages ?? [navigator.language]));
createApp(App).use(createPinia()).use(i18n).use(router).mount('#app');
