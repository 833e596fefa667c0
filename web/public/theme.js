// Sets light or dark before the first paint, and asks for the texts of the language that will be shown. A file of its
// own, for the content policy allows no inline script.
(() => {
  const stored = (name) => {
    try {
      return localStorage.getItem(name);
    } catch {
      // Storage is switched off: the system's choice stands.
      return null;
    }
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
  const locale = stored('hallpass.locale') ?? (navigator.languages ?? []).map(localeOf).find(Boolean) ?? 'en';
  if (!texts[locale]) return;
  const link = document.createElement('link');
  link.rel = 'modulepreload';
  link.href = texts[locale];
  document.head.append(link);
})();
