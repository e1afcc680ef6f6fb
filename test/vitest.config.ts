import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: fileURLToPath(new URL('..', import.meta.url)),
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/global-setup.ts'],
    reporters: ['default', './test/plain-reporter.ts'],
    // Many tests wait for kernels and clocks. By default a processor would be left without a worker.
    maxWorkers: Math.max(2, availableParallelism()),
    testTimeout: 20_000,
    coverage: {
      provider: 'v8',
      include: ['src/**/*.{ts,tsx}'],
      // What runs in Chromium only is not counted there, and what is generated says nothing.
      exclude: ['src/report/html/browser/**', 'src/report/html/assets.ts'],
      reporter: ['text-summary', 'html', 'json-summary'],
    },
  },
});
