// Unit tests of the pages; they run on Node, beside the code.
import { defineConfig, mergeConfig } from 'vitest/config';

import vite from './vite.config.ts';

export default mergeConfig(
  vite,
  defineConfig({
    test: { environment: 'happy-dom', include: ['src/**/*.test.ts'], setupFiles: ['src/testing/set-up.ts'] },
  }),
);
