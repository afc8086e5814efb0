import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    // Files share nothing but modules, and loading those again for each would take as long as the tests.
    isolate: false,
    maxWorkers: 2,
    globalSetup: ['tests/support/shared-hub.ts'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    teardownTimeout: 20_000,
    // What comes by a stream or a worker's output comes later on a busy machine.
    expect: { poll: { timeout: 10_000 } },
  },
});
