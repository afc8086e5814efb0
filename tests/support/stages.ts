import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { App } from 'aws-cdk-lib';

import { cdkContext } from '../../lib/cdk-context.ts';
import { HubStack } from '../../lib/hub-stack.ts';
import { readAssembly } from '../../lib/local/template/assembly.ts';
import { type Resource, Template } from '../../lib/local/template/template.ts';
import { type StageConfig, type StageName, stageConfig } from '../../lib/stage-config.ts';

/** What an admin has to write into `cdk.json` before there is a prod. */
const WRITTEN_BY_ADMIN = {
  account: '111122223333',
  alarmRecipients: ['oncall@example.org'],
  mail: { sender: 'no-reply@hub.example.org' },
};

/** The committed settings of all stages, with what an admin has to add to those of `prod`. */
export function committedStages(): Record<StageName, Record<string, unknown>> {
  const { dev, prod } = cdkContext()['stages'] as Record<StageName, Record<string, unknown>>;
  return { dev, prod: { ...prod, ...WRITTEN_BY_ADMIN } };
}

/** A stage as it is committed. */
export function stage(name: StageName): StageConfig {
  return stageConfig(name, committedStages());
}

/** Synthesizes the Hub for settings into a folder, without the check against CloudFormation’s rules. */
export function synthesizeStage(config: StageConfig, outdir: string, context: object = {}): void {
  const app = new App({
    outdir,
    context: { ...cdkContext(), ...context },
    analyticsReporting: false,
    builtinCloudFormationValidation: false,
  });
  new HubStack(app, config);
  app.synth();
}

/** A template with the resources of the stack within it among its own, as if they were all in one. */
function withNested(template: Template, nested: unknown): Template {
  const [stack] = template.ofType(NESTED);
  if (stack === undefined) throw new Error('A template is of no nested stack');
  const given = (stack.properties['Parameters'] ?? {}) as Record<string, unknown>;
  const resolved = JSON.parse(JSON.stringify(nested), (_, value: unknown) => {
    const ref = (value as { Ref?: string } | null)?.Ref;
    return ref !== undefined && Object.hasOwn(given, ref) ? given[ref] : value;
  }) as object;
  const { resources } = new Template(resolved);
  return Object.assign(Object.create(Template.prototype) as Template, {
    resources: new Map([...template.resources, ...resources]),
  });
}

/** A stack within the stack. */
export const NESTED = 'AWS::CloudFormation::Stack';

/** The template of the Hub for settings, that of the stack within it included. @param context as `-c` adds it */
export function templateOf(config: StageConfig, context: object = {}): Template {
  return templatesOf(config, context).whole;
}

/** The same, and that of the stack itself. */
export function templatesOf(
  config: StageConfig,
  context: object = {},
): { readonly root: Template; readonly whole: Template } {
  const outdir = mkdtempSync(join(tmpdir(), 'hub-stage-'));
  try {
    synthesizeStage(config, outdir, context);
    const { template } = readAssembly(outdir);
    const watch = readdirSync(outdir).find((file) => file.endsWith('.nested.template.json'));
    if (watch === undefined) return { root: template, whole: template };
    const nested: unknown = JSON.parse(readFileSync(join(outdir, watch), 'utf8'));
    return { root: template, whole: withNested(template, nested) };
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** A property somewhere inside a resource, by its path. */
export function at(resource: Resource, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (inner, part) => (inner as Record<string | number, unknown> | undefined)?.[part],
    resource.properties,
  );
}

/** The logical ids that a part of the template refers to. */
export function references(part: unknown): string[] {
  const text = JSON.stringify(part ?? null);
  return [...text.matchAll(/"(?:Ref|Fn::GetAtt)":(?:\["|")(\w+)"/g)].map(([, id = '']) => id);
}

/** The mappings that run functions on what comes from sources of a type, such as `AWS::SQS::Queue`. */
export function mappingsOf(template: Template, sourceType: string): Resource[] {
  return template.ofType('AWS::Lambda::EventSourceMapping').filter((mapping) => {
    const [source = ''] = references(at(mapping, 'EventSourceArn'));
    return template.resources.get(source)?.type === sourceType;
  });
}

/** A policy that a role has, in itself or attached: whose it is, by the beginning of a logical id, and what it says. */
export interface RolePolicy {
  readonly logicalId: string;
  readonly document: { readonly Statement: readonly unknown[] };
}

/** The policies of all roles. */
export function policiesIn(template: Template): RolePolicy[] {
  const attached = template
    .ofType('AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy')
    .map((each) => ({ logicalId: each.logicalId, document: at(each, 'PolicyDocument') as RolePolicy['document'] }));
  const own = template.ofType('AWS::IAM::Role').flatMap((role) => {
    const policies = (at(role, 'Policies') ?? []) as readonly { readonly PolicyDocument: RolePolicy['document'] }[];
    return policies.map(({ PolicyDocument }) => ({ logicalId: role.logicalId, document: PolicyDocument }));
  });
  return [...attached, ...own];
}
