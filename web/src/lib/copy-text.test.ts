import { afterEach, describe, expect, test, vi } from 'vitest';

import { copyText } from './copy-text.ts';

afterEach(() => {
  vi.unstubAllGlobals();
  document.body.innerHTML = '';
});

/** The text that was selected when the browser was told to copy. */
function stubExecCommand(works = true) {
  const copied: string[] = [];
  document.execCommand = (command) => {
    expect(command).toBe('copy');
    copied.push(document.querySelector('textarea')?.value ?? '');
    return works;
  };
  return copied;
}

describe('copying', () => {
  test('uses the clipboard where there is one', async () => {
    const writeText = vi.fn(() => Promise.resolve());
    vi.stubGlobal('navigator', { clipboard: { writeText } });
    expect(await copyText('好')).toBe(true);
    expect(writeText).toHaveBeenCalledWith('好');
  });

  test('works on plain HTTP, where there is none, and leaves the page as it was', async () => {
    vi.stubGlobal('navigator', {});
    const copied = stubExecCommand();
    const button = document.body.appendChild(document.createElement('button'));
    button.focus();
    expect(await copyText('一\n二', button)).toBe(true);
    expect(copied).toEqual(['一\n二']);
    expect(document.querySelector('textarea')).toBeNull();
    expect(document.activeElement).toBe(button);
  });

  test('inside a dialog stays inside it, for focus cannot leave it', async () => {
    vi.stubGlobal('navigator', {});
    document.body.innerHTML = '<div role="dialog"><button>x</button></div>';
    document.execCommand = () => document.querySelector('[role=dialog] textarea') !== null;
    expect(await copyText('a', document.querySelector('button')!)).toBe(true);
  });

  test('falls back when the clipboard refuses, and says so when nothing works', async () => {
    vi.stubGlobal('navigator', { clipboard: { writeText: () => Promise.reject(new Error('denied')) } });
    stubExecCommand();
    expect(await copyText('a')).toBe(true);
    stubExecCommand(false);
    expect(await copyText('a')).toBe(false);
  });
});
