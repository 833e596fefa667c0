// Sets light or dark before the first paint. A file of its own, for the content policy allows no inline script.
(() => {
  let chosen = null;
  try {
    chosen = localStorage.getItem('hallpass.theme');
  } catch {
    // Storage is switched off: the system's choice stands.
  }
  const dark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
})();
