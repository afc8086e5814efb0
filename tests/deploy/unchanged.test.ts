import { expect, inject, test } from 'vitest';

import { cdkOrThrow } from './cdk.ts';

test('a second deployment without a change changes nothing', async () => {
  const { environment, flags } = inject('deployment');

  const { output } = await cdkOrThrow(['deploy', '--require-approval', 'never', ...flags], environment);

  expect(output).toContain('(no changes)');
});
