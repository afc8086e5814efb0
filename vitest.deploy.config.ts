import { defineConfig } from 'vitest/config';

/** `npm run test:deploy`: a deployment as an admin makes it, and the API tests against what it made. */
export default defineConfig({
  test: {
    include: ['tests/api/**/*.test.ts', 'tests/deploy/**/*.test.ts'],
    exclude: [
      // Needs the issuer's own key, and hubs that trust other issuers: the local runtime's.
      'tests/api/forged-tokens.test.ts',
      // The emulator drops an API's CORS settings; those are looked at in the template.
      'tests/api/browsers.test.ts',
      // Read what the functions have logged.
      'tests/api/drift.test.ts',
      'tests/api/metrics.test.ts',
      'tests/api/members.test.ts',
      // Wait until the ledgers, or the audit, have caught up, which only the local runtime can tell.
      'tests/api/usage.test.ts',
      'tests/api/audit.test.ts',
      'tests/api/notifications.test.ts',
      // Try what is decided by the same code wherever it runs, in thousands of ways.
      'tests/api/bad-bodies.test.ts',
      'tests/api/bad-parameters.test.ts',
      'tests/api/privacy.test.ts',
      // Need the store's events on the bus and a scanner, which the emulator has not.
      'tests/api/documents*.test.ts',
      // Ask an issuer for its keys where its identifier says, which an emulator is not.
      'tests/api/training-credential*.test.ts',
      // Looks at what the local runtime has seen the functions do.
      'tests/api/least-privilege.test.ts',
    ],
    isolate: false,
    maxWorkers: 1,
    globalSetup: ['tests/deploy/deployed-hub.ts'],
    // A deployment takes six seconds, and four times that where others keep the machine busy.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    teardownTimeout: 120_000,
    expect: { poll: { timeout: 30_000 } },
  },
});
