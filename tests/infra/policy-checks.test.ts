import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { App } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { describe, expect, test } from 'vitest';

import { cdkContext } from '../../lib/cdk-context.ts';
import { HubStack } from '../../lib/hub-stack.ts';
import { addPolicyChecks } from '../../lib/policy-checks.ts';
import { STAGES, type StageName } from '../../lib/stage-config.ts';
import { stage } from '../support/stages.ts';

interface Report {
  readonly pluginReports: readonly {
    readonly violations: readonly {
      readonly ruleName: string;
      readonly violatingConstructs: readonly { readonly constructPath: string }[];
    }[];
  }[];
}

/** Checks a stage. @returns `rule path` for each finding that no reason covers, and whether the synthesis failed */
function check(name: StageName, prepare: (stack: HubStack) => void = () => undefined) {
  const outdir = mkdtempSync(join(tmpdir(), 'hub-checks-'));
  try {
    const app = new App({ outdir, context: cdkContext(), analyticsReporting: false });
    addPolicyChecks(app);
    const stack = new HubStack(app, stage(name));
    prepare(stack);
    let refused = false;
    try {
      app.synth();
    } catch {
      refused = true;
    }
    const report = JSON.parse(readFileSync(join(outdir, 'validation-report.json'), 'utf8')) as Report;
    const findings = report.pluginReports.flatMap(({ violations }) =>
      violations.flatMap(({ ruleName, violatingConstructs }) =>
        violatingConstructs.map(({ constructPath }) => `${ruleName} ${constructPath}`),
      ),
    );
    return { findings, refused, stack };
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** Every reason for which a finding is accepted. */
function reasonsIn(stack: HubStack): Set<string> {
  const accepted = stack.node
    .findAll()
    .flatMap(({ node }) => node.metadata.filter(({ type }) => type === 'aws:cdk:acknowledged-rules'));
  return new Set(accepted.flatMap(({ data }) => Object.values(data as Record<string, string>)));
}

describe.each(STAGES)('%s', (name) => {
  test('has no finding without a reason', () => {
    const { findings, refused } = check(name);
    expect(findings).toEqual([]);
    expect(refused).toBe(false);
  });
});

test('the reasons are ten at most, and each is a sentence', () => {
  const reasons = [...reasonsIn(check('prod').stack)];
  expect(reasons.length).toBeGreaterThan(0);
  expect(reasons.length).toBeLessThanOrEqual(10);
  for (const reason of reasons) expect(reason).toMatch(/^[A-Z].{30,}\.$/s);
});

test('what breaks a rule fails the synthesis, by each of the four sets of rules', () => {
  const { findings, refused } = check('prod', (stack) => {
    new Bucket(stack, 'Careless');
    new Queue(stack, 'Leaky');
  });
  expect(refused).toBe(true);
  const rules = findings.filter((finding) => /Careless|Leaky/.test(finding)).map((finding) => finding.split(/[.-]/)[0]);
  expect(new Set(rules)).toEqual(new Set(['AwsSolutions', 'HIPAA', 'NIST', 'Serverless']));
});
