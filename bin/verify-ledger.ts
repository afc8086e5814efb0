import { parseArgs } from 'node:util';

import { openQuotasData } from '../lib/commands/quotas-data.ts';
import { allGrants, auditSettled, sentence } from '../lib/commands/verify-ledger.ts';

const HELP = `npm run -s verify-ledger -- [--grant <id>] [--stage <name>]

Reads the ledgers of all grants, or of one, and says whether any row was edited, removed, reordered or cut off; whether
every change of a grant and its bookings has its row; and whether the counters are what the rows add up to.
Changes nothing. Exit code 1 when something is found.

  --grant  id of a grant (default: all)
  --stage  a deployed stage, such as prod, with AWS credentials and a region in the environment
           (default: the Hub that npm start runs)
  --help   this text`;

/** @returns whether all is well. @throws Error whose message is one sentence for the operator */
async function verify(grantId: string | undefined, stage: string | undefined): Promise<boolean> {
  const data = await openQuotasData(stage);
  const totals = { grants: 0, rows: 0, findings: 0 };
  try {
    console.log(`Verifying ${data.where}.`);
    for await (const id of grantId === undefined ? allGrants(data) : [grantId]) {
      const waiting = () => {
        console.log(`${id}  something is still under way: looking again`);
      };
      const audit = await auditSettled(data, id, waiting);
      if (audit === undefined) throw new Error(`There is no grant ${id}.`);
      const { rows, findings } = audit;
      totals.grants += 1;
      totals.rows += rows.length;
      totals.findings += findings.length;
      const result = findings.length === 0 ? 'right' : `${String(findings.length)} found:`;
      console.log(`${id}  ${String(rows.length)} rows  ${result}`);
      for (const finding of findings) console.log(`  ${sentence(finding)}`);
    }
  } finally {
    data.close();
  }
  const { grants, rows, findings } = totals;
  console.log(
    findings === 0
      ? `${String(grants)} grants, ${String(rows)} rows: all as written, none missing, and the counters are their sums.`
      : `${String(grants)} grants, ${String(rows)} rows: ${String(findings)} found. See docs/operations.md.`,
  );
  return findings === 0;
}

try {
  const { values } = parseArgs({
    options: { grant: { type: 'string' }, stage: { type: 'string' }, help: { type: 'boolean' } },
  });
  if (values.help === true) console.log(HELP);
  else if (!(await verify(values.grant, values.stage))) process.exitCode = 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
