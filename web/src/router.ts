// Every address of the pages. Only the chat page is in the first load.
import { createRouter, createWebHistory } from 'vue-router';

import ChatPage from '@/pages/chat/ChatPage.vue';

export const router = createRouter({
  history: createWebHistory(),
  routes: [{ path: '/', component: ChatPage }],
});
