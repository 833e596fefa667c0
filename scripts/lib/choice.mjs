// Which suites a command line asks for.

/** @param args `--only a,b` or `--without a,b`. Throws on anything else, and on a name that is none. */
export function chosenSuites(args, all) {
  const only = [];
  const without = [];
  for (let i = 0; i < args.length; i += 2) {
    const list = args[i] === '--only' ? only : args[i] === '--without' ? without : undefined;
    if (!list || !args[i + 1]) throw new Error(`I do not understand ${args[i]}. Known: --only a,b and --without a,b.`);
    list.push(...args[i + 1].split(','));
  }
  const names = all.map(({ name }) => name);
  const unknown = [...only, ...without].find((name) => !names.includes(name));
  if (unknown) throw new Error(`There is no suite named ${unknown}. There are: ${names.join(', ')}.`);
  return all.filter(({ name }) => (only.length === 0 || only.includes(name)) && !without.includes(name));
}
