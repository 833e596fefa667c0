// Sets light or dark before the first paint, asks for the texts of the language that will be shown, and writes the chat
// page's first words. A file of its own, for the content policy allows no inline script.
(() => {
  const stored = (name, where = 'localStorage') => {
    try {
      return window[where].getItem(name);
    } catch {
      // Storage is switched off: the system's choice stands.
      return null;
    }
  };
  const tokenOf = (login) => {
    try {
      return JSON.parse(login).token;
    } catch {
      return undefined;
    }
  };
  /** What the chat page will ask first, asked now: src/lib/early-answers.ts hands the answers out. */
  const askEarly = (locale) => {
    const token = tokenOf(stored('hallpass.login', 'sessionStorage'));
    const headers = { 'accept-language': locale, ...(token ? { authorization: `Bearer ${token}` } : {}) };
    const answers = {};
    for (const path of ['/api/chat/models', '/api/chat/limits']) {
      answers[path] = fetch(path, { headers, credentials: 'omit', cache: 'no-store' });
      // Whoever takes it hears of a failure; nobody may.
      answers[path].catch(() => undefined);
    }
    window.earlyAnswers = { locale, token, answers };
  };
  const root = document.documentElement;
  const chosen = stored('hallpass.theme');
  const dark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  root.dataset.theme = dark ? 'dark' : 'light';

  // The same choice as in src/i18n/locale.ts; a wrong guess only costs the head start.
  const localeOf = (tag) => {
    if (/^zh\b.*\b(hant|tw|hk|mo)\b/i.test(tag)) return 'zh-TW';
    if (/^zh\b/i.test(tag)) return 'zh-CN';
    return /^en\b/i.test(tag) ? 'en' : undefined;
  };
  const texts = JSON.parse(root.dataset.texts || '{}');
  const words = JSON.parse(root.dataset.words || '{}');
  const locale = stored('hallpass.locale') ?? (navigator.languages ?? []).map(localeOf).find(Boolean) ?? 'en';
  if (!texts[locale]) return;
  const link = document.createElement('link');
  link.rel = 'modulepreload';
  link.href = texts[locale];
  document.head.append(link);

  if (location.pathname !== '/') return;
  askEarly(locale);

  // The first screen's words, as soon as the page holds the places for them.
  if (!words[locale]) return;
  root.lang = locale;
  root.dataset.first = 'chat';
  const fill = (element) => {
    const { text, placeholder } = element.dataset;
    if (element.tagName !== 'TEXTAREA') element.textContent = words[locale][text];
    else element.setAttribute('aria-label', words[locale][text]);
    if (placeholder) element.placeholder = words[locale][placeholder];
    delete element.dataset.text;
  };
  const observer = new MutationObserver(() => document.querySelectorAll('.first-screen [data-text]').forEach(fill));
  observer.observe(document, { childList: true, subtree: true });
  addEventListener('DOMContentLoaded', () => observer.disconnect());

  // Enter sends here too: src/lib/early-question.ts hands the question on. An input method's Enter is not ours.
  addEventListener('keydown', (event) => {
    if (!event.target.matches?.('.first-screen textarea')) return;
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    event.target.dataset.sent = event.target.value;
  });
})();
