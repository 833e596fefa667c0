// Draws one diagram inside its own frame, which reaches nothing: no storage, no page, no other address.
addEventListener('message', ({ data, source }) => {
  if (source !== parent || !/^\/assets\/[\w.-]+\.js$/.test(data.script)) return;
  const tell = (message) => parent.postMessage(message, '*');
  // The same as the page's, or the frame gets a ground of its own.
  document.documentElement.style.colorScheme = data.dark ? 'dark' : 'light';
  const script = document.createElement('script');
  script.src = data.script;
  script.onerror = () => tell({ failed: true });
  script.onload = async () => {
    const { mermaid } = window;
    mermaid.initialize({
      startOnLoad: false,
      securityLevel: 'strict',
      theme: data.dark ? 'dark' : 'neutral',
      maxTextSize: 20_000,
      maxEdges: 300,
      suppressErrorRendering: true,
    });
    try {
      const { svg } = await mermaid.render('diagram', data.text);
      document.body.innerHTML = svg;
      tell({ height: Math.ceil(document.body.firstElementChild.getBoundingClientRect().height) });
    } catch {
      tell({ failed: true });
    }
  };
  document.head.append(script);
});
parent.postMessage({ ready: true }, '*');
