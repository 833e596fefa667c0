// A copy of the repository in which a file can be changed and tests run, away from the checkout.
import { cp, mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Sandbox {
  write(file: string, source: string): Promise<void>;
  /** @returns whether the tests pass within the time. */
  test(args: string[], maxMs: number): Promise<boolean>;
  remove(): Promise<void>;
}

const COPIED = ['package.json', 'tsconfig.json', 'server', 'shared'];

export async function makeSandbox(root: string, index: number): Promise<Sandbox> {
  const folder = await mkdtemp(join(tmpdir(), `hallpass-mutants-${index}-`));
  for (const name of COPIED) await cp(join(root, name), join(folder, name), { recursive: true });
  await linkModules(root, folder);
  return {
    write: async (file, source) => void (await Bun.write(join(folder, file), source)),
    async test(args, maxMs) {
      const child = Bun.spawn([process.execPath, 'test', ...args], {
        cwd: folder,
        stdout: 'ignore',
        stderr: 'ignore',
        timeout: maxMs,
        killSignal: 'SIGKILL',
      });
      return (await child.exited) === 0;
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** The installed packages are shared; our own workspaces are the copies. */
async function linkModules(root: string, folder: string): Promise<void> {
  const modules = join(folder, 'node_modules');
  await mkdir(join(modules, '@hallpass'), { recursive: true });
  for (const name of await readdir(join(root, 'node_modules'))) {
    if (name !== '@hallpass') await symlink(join(root, 'node_modules', name), join(modules, name));
  }
  for (const name of ['shared', 'server']) await symlink(join(folder, name), join(modules, '@hallpass', name));
}
