import { parseArgs } from 'node:util';

import { openHubData } from '../lib/commands/hub-data.ts';
import { sentence, verifyAudit } from '../lib/commands/verify-audit.ts';

const HELP = `npm run -s verify-audit -- [--stage <name>]

Reads the audit of all institutions and says whether any row was edited, removed, reordered or cut off: by the hashes that
link the rows, by the daily anchors in the bucket of documents, and by what there is in the tables of the other contexts.
Reads every item there is. Changes nothing. Exit code 1 when something is found.

  --stage  a deployed stage, such as prod, with AWS credentials and a region in the environment
           (default: the Hub that npm start runs)
  --help   this text`;

/** @returns whether all is well. @throws Error whose message is one sentence for the operator */
async function verify(stage: string | undefined): Promise<boolean> {
  const data = await openHubData(stage);
  const totals = { chains: 0, rows: 0, findings: 0 };
  try {
    console.log(`Verifying the audit of ${data.where}.`);
    const { anchors, chains } = await verifyAudit(data, (institutionId) => {
      console.log(`${institutionId}  something is still under way: looking again`);
    });
    totals.findings += anchors.findings.length;
    console.log(`${String(anchors.count)} anchors  ${told(anchors.findings.length)}`);
    for (const finding of anchors.findings) console.log(`  ${sentence(finding)}`);
    for await (const { institutionId, rows, findings } of chains) {
      totals.chains += 1;
      totals.rows += rows;
      totals.findings += findings.length;
      console.log(`${institutionId}  ${String(rows)} rows  ${told(findings.length)}`);
      for (const finding of findings) console.log(`  ${sentence(finding)}`);
    }
  } finally {
    data.close();
  }
  const { chains, rows, findings } = totals;
  const sum = `${String(chains)} chains, ${String(rows)} rows`;
  console.log(
    findings === 0
      ? `${sum}: all as written and as anchored, and no change is missing.`
      : `${sum}: ${String(findings)} found. See docs/operations.md.`,
  );
  return findings === 0;
}

const told = (findings: number): string => (findings === 0 ? 'right' : `${String(findings)} found:`);

try {
  const { values } = parseArgs({ options: { stage: { type: 'string' }, help: { type: 'boolean' } } });
  if (values.help === true) console.log(HELP);
  else if (!(await verify(values.stage))) process.exitCode = 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
