// Every address of the pages. Only the chat page is in the first load.
import { createRouter, createWebHistory, type RouteLocationNormalized } from 'vue-router';

import { t, type TextKey } from '@/i18n/texts.ts';
import ChatPage from '@/pages/chat/ChatPage.vue';
import { useLogin } from '@/stores/login.ts';

declare module 'vue-router' {
  interface RouteMeta {
    title?: TextKey;
    /** Only for somebody who is signed in. */
    needsLogin?: boolean;
  }
}

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/', component: ChatPage },
    { path: '/login', component: () => import('@/pages/account/LoginPage.vue'), meta: { title: 'account.loginTitle' } },
    {
      path: '/login/oidc',
      component: () => import('@/pages/account/OidcReturnPage.vue'),
      meta: { title: 'account.loginTitle' },
    },
    {
      path: '/account',
      component: () => import('@/pages/account/AccountPage.vue'),
      meta: { title: 'me.title', needsLogin: true },
    },
    {
      path: '/register',
      component: () => import('@/pages/account/RegisterPage.vue'),
      meta: { title: 'account.registerTitle' },
    },
    { path: '/setup.html', component: () => import('@/pages/pass/PassSetupPage.vue'), meta: { title: 'pass.title' } },
    { path: '/reset', component: () => import('@/pages/account/ResetPage.vue'), meta: { title: 'reset.title' } },
    { path: '/setup', component: () => import('@/pages/account/SetupPage.vue'), meta: { title: 'setup.title' } },
    {
      path: '/admin/login',
      component: () => import('@/pages/admin/AdminLoginPage.vue'),
      meta: { title: 'account.adminTitle' },
    },
    {
      path: '/admin',
      component: () => import('@/pages/admin/AdminShell.vue'),
      meta: { needsLogin: true },
      children: [
        { path: '', component: () => import('@/pages/admin/OverviewPage.vue'), meta: { title: 'admin.overview' } },
        {
          path: 'channels',
          component: () => import('@/pages/admin/channels/ChannelsPage.vue'),
          meta: { title: 'admin.channels' },
        },
        {
          path: 'models',
          component: () => import('@/pages/admin/models/ModelsPage.vue'),
          meta: { title: 'admin.models' },
        },
        { path: 'stats', component: () => import('@/pages/admin/stats/StatsPage.vue'), meta: { title: 'admin.stats' } },
        { path: 'costs', component: () => import('@/pages/admin/costs/CostsPage.vue'), meta: { title: 'admin.costs' } },
        {
          path: 'audit',
          component: () => import('@/pages/admin/audit/AuditPage.vue'),
          meta: { title: 'admin.audit' },
        },
        {
          path: 'blocked',
          component: () => import('@/pages/admin/blocked/BlockedPage.vue'),
          meta: { title: 'admin.blocked' },
        },
        { path: 'logs', component: () => import('@/pages/admin/log/LogPage.vue'), meta: { title: 'admin.logs' } },
        { path: 'plans', component: () => import('@/pages/admin/plans/PlansPage.vue'), meta: { title: 'admin.plans' } },
        {
          path: 'classes',
          component: () => import('@/pages/admin/classrooms/ClassroomsPage.vue'),
          meta: { title: 'admin.classes' },
        },
        { path: 'codes', component: () => import('@/pages/admin/codes/CodesPage.vue'), meta: { title: 'admin.codes' } },
        {
          path: 'class-passes',
          component: () => import('@/pages/teacher/ClassPassesPage.vue'),
          meta: { title: 'admin.passes' },
        },
        {
          path: 'class-codes',
          component: () => import('@/pages/teacher/ClassCodesPage.vue'),
          meta: { title: 'admin.codes' },
        },
        {
          path: 'class-usage',
          component: () => import('@/pages/teacher/ClassUsagePage.vue'),
          meta: { title: 'teaching.usage' },
        },
        { path: 'users', component: () => import('@/pages/admin/users/UsersPage.vue'), meta: { title: 'admin.users' } },
        {
          path: 'passes',
          component: () => import('@/pages/admin/passes/PassesPage.vue'),
          meta: { title: 'admin.passes' },
        },
        {
          path: 'health',
          component: () => import('@/pages/admin/health/HealthPage.vue'),
          meta: { title: 'admin.health' },
        },
        {
          path: 'settings',
          component: () => import('@/pages/admin/SettingsPage.vue'),
          meta: { title: 'admin.settings' },
        },
      ],
    },
    { path: '/:rest(.*)*', component: () => import('@/pages/NotFoundPage.vue'), meta: { title: 'app.notFoundTitle' } },
  ],
});

router.beforeEach((to) => {
  const { login } = useLogin();
  if (to.meta.needsLogin && (!login || login.isPass)) {
    const path = to.path.startsWith('/admin') ? '/admin/login' : '/login';
    return { path, query: { next: to.fullPath } };
  }
  return true;
});

// The server was updated meanwhile, and the page's old file is gone: the whole page comes anew, in its new version.
// Without a network that would lose what is on the page, so it stays.
router.onError((_error, to, from) => {
  if (from.matched.length > 0 && navigator.onLine) location.assign(to.fullPath);
});

/** The browser tab's title for an address, in the language shown now. */
export function pageTitle(route: RouteLocationNormalized): string {
  return route.meta.title ? `${t(route.meta.title)} · Hallpass` : 'Hallpass';
}
