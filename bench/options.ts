// What a command line asks for.

export interface Options {
  quick: boolean;
  write: boolean;
  rounds: number | undefined;
  targets: string[];
  rows: string[];
}

export interface Known {
  targets: readonly string[];
  rows: readonly string[];
}

const FLAGS = '--only TARGETS, --rows ROWS, --rounds N, --quick, --write';
const ROUNDS_MAX = 20;

/** @throws Error naming what is not understood. Order is that of the table, whatever the order asked for. */
export function readOptions(args: readonly string[], known: Known): Options {
  const options: Options = {
    quick: false,
    write: false,
    rounds: undefined,
    targets: [...known.targets],
    rows: [...known.rows],
  };
  for (let i = 0; i < args.length; i++) {
    const flag = args[i];
    if (flag === '--quick') options.quick = true;
    else if (flag === '--write') options.write = true;
    else if (flag === '--only') options.targets = chosen('target', args[++i], known.targets);
    else if (flag === '--rows') options.rows = chosen('row', args[++i], known.rows);
    else if (flag === '--rounds') options.rounds = roundsOf(args[++i]);
    else throw new Error(`I do not understand ${flag}. Known: ${FLAGS}.`);
  }
  return options;
}

function chosen(what: string, list: string | undefined, known: readonly string[]): string[] {
  const names = list?.split(',') ?? [];
  const unknown = names.find((name) => !known.includes(name));
  if (names.length > 0 && unknown === undefined) return known.filter((name) => names.includes(name));
  throw new Error(`There is no ${what} named ${unknown ?? 'nothing'}. There are: ${known.join(', ')}.`);
}

function roundsOf(text: string | undefined): number {
  const rounds = Number(text);
  if (Number.isInteger(rounds) && rounds >= 1 && rounds <= ROUNDS_MAX) return rounds;
  throw new Error(`--rounds needs a whole number from 1 to ${ROUNDS_MAX}.`);
}
