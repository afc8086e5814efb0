import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const EVERY_TEST = 'tests/**/*.test.ts';
/** Needs an emulator, or AWS: `npm run test:deploy`. */
const DEPLOYMENTS = 'tests/deploy/**';
/** What looks back at what the others did. */
const AT_THE_END = 'tests/api/least-privilege.test.ts';
/** What has all grants of the shared hub visited, again and again: cheap while there are few. */
const SWEEPING = ['drift', 'expiry', 'metrics', 'waitlist'].map((name) => `/tests/api/${name}.test.ts`);

class SweepingFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sweeps = ({ moduleId }: TestSpecification): boolean => SWEEPING.some((path) => moduleId.endsWith(path));
    const sorted = await super.sort(files);
    return [...sorted.filter(sweeps), ...sorted.filter((file) => !sweeps(file))];
  }
}

export default defineConfig({
  test: {
    // Files share nothing but modules, and loading those again for each would take as long as the tests.
    isolate: false,
    maxWorkers: 3,
    sequence: { sequencer: SweepingFirst },
    globalSetup: ['tests/support/shared-hub.ts'],
    // The first test that asks for the shared hub waits until it has a thousand partners in all their lists.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    teardownTimeout: 20_000,
    // What comes by a stream or a worker's output comes later on a busy machine.
    expect: { poll: { timeout: 30_000 } },
    projects: [
      { extends: true, test: { name: 'all', include: [EVERY_TEST], exclude: [AT_THE_END, DEPLOYMENTS] } },
      { extends: true, test: { name: 'end', include: [AT_THE_END], sequence: { groupOrder: 1 } } },
    ],
  },
});
