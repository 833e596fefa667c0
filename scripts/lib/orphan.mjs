// Notices that npm was told to stop. npm ends the shell it runs a script in, and the shell ends without a word to
// the script: the server would go on behind everybody's back.

const LOOK_MS = 250;

/** Where npm runs this process: SIGTERM to itself once npm's shell is gone. Elsewhere a parent may come and go. */
export function endWithNpm() {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, LOOK_MS);
  timer.unref();
}
