import { parseArgs } from 'node:util';

import type { Segment } from '../lambdas/shared/capacity/account.ts';
import { openQuotasData } from '../lib/commands/quotas-data.ts';
import { rebuildCounters } from '../lib/commands/rebuild-counters.ts';
import { auditSettled, sentence } from '../lib/commands/verify-ledger.ts';

const HELP = `npm run -s rebuild-counters -- --grant <id> [--dry-run] [--stage <name>]

Makes the counters of a grant what its ledger says, exactly, and verifies the grant then. What is right is left alone.
It can run while the grant is used; for as long as counters are missing or too low more can be booked than there is, so
suspend the grant first where you can. Exit code 1 when the counters could not be rebuilt or something is still wrong.

  --grant    id of the grant
  --dry-run  only say what would be changed
  --stage    a deployed stage, such as prod, with AWS credentials and a region in the environment
             (default: the Hub that npm start runs)
  --help     this text`;

function said(segment: Segment | undefined): string {
  if (segment === undefined) return 'missing or unreadable';
  const { entitled, committed, holders, closed } = segment;
  return `entitled ${String(entitled)}, committed ${String(committed)}, ${String(holders.length)} holders${closed ? ', closed' : ''}`;
}

/** @returns whether all is well now. @throws Error whose message is one sentence for the operator */
async function rebuild(grantId: string, dryRun: boolean, stage: string | undefined): Promise<boolean> {
  const data = await openQuotasData(stage);
  try {
    console.log(`Rebuilding the counters of ${grantId} in ${data.where}.`);
    const result = await rebuildCounters(data.ports, data.table, grantId, { dryRun });
    if (result === undefined) throw new Error(`There is no grant ${grantId}.`);
    for (const { before, after } of result.changes) {
      console.log(`segment ${String(after.number)}: ${said(before)} → ${said(after)}`);
    }
    for (const obstacle of result.obstacles) {
      if (obstacle === 'busy') console.log('The account changes all the time: suspend the grant and try again.');
      else if (obstacle === 'over-committed') console.log('More is committed than the grant is entitled to.');
      else console.log(sentence(obstacle));
    }
    if (result.obstacles.length > 0) {
      console.log('The counters were not rebuilt. See docs/operations.md.');
      return false;
    }
    if (dryRun) {
      console.log(result.changes.length === 0 ? 'Nothing would be changed.' : 'Nothing was changed.');
      return true;
    }
    const { findings = [] } = (await auditSettled(data, grantId)) ?? {};
    for (const finding of findings) console.log(sentence(finding));
    if (findings.length === 0) {
      const changed = String(result.changes.length);
      console.log(
        result.changes.length === 0 ? 'The counters were right.' : `${changed} segments rebuilt; all is right.`,
      );
    }
    return findings.length === 0;
  } finally {
    data.close();
  }
}

try {
  const { values } = parseArgs({
    options: {
      grant: { type: 'string' },
      'dry-run': { type: 'boolean' },
      stage: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) console.log(HELP);
  else if (values.grant === undefined) throw new Error(`--grant is missing.\n\n${HELP}`);
  else if (!(await rebuild(values.grant, values['dry-run'] ?? false, values.stage))) process.exitCode = 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
