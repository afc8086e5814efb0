import * as z from 'zod/mini';

import type { Resolve } from '../template/intrinsics.ts';
import type { Resource, Template } from '../template/template.ts';
import type { Call } from './calls.ts';

/** What the roles of the template's functions allow. */

/** An action on the resources whose ARN fits a pattern, in which `*` and `?` are wildcards. */
export interface Grant {
  readonly action: string;
  readonly resource: string;
  /** Pattern of the partitions it is limited to. */
  readonly partition?: string;
}

/** A statement of a policy; its resources are not resolved. */
interface Statement {
  readonly actions: readonly string[];
  readonly resources: readonly unknown[];
  readonly partitions: readonly string[] | undefined;
  /** A part that would make it mean something else if it were passed over. */
  readonly unknown: string | undefined;
}

const StatementProperties = z.looseObject({
  Effect: z.string(),
  Action: z.optional(z.union([z.string(), z.array(z.string())])),
  Resource: z.optional(z.unknown()),
  Condition: z.optional(z.unknown()),
});
/** The one condition that is understood: which partitions of a table an action is limited to. */
const LeadingKeys = z.strictObject({
  'ForAllValues:StringLike': z.strictObject({ 'dynamodb:LeadingKeys': z.union([z.string(), z.array(z.string())]) }),
});
const Document = z.looseObject({ Statement: z.array(StatementProperties) });
const PolicyProperties = z.looseObject({ PolicyDocument: Document, Roles: z._default(z.array(z.unknown()), []) });
const RoleProperties = z.looseObject({
  Policies: z._default(z.array(z.looseObject({ PolicyDocument: Document })), []),
  ManagedPolicyArns: z.optional(z.unknown()),
});
const RoleOfFunction = z.looseObject({
  Role: z.strictObject({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) }),
});
const Reference = z.strictObject({ Ref: z.string() });

const UNKNOWN = ['NotAction', 'NotResource'];

/**
 * The statements of all policies of a function's role; none when the template does not declare that role.
 * @throws Error naming the function, when its role has a managed policy
 */
export function statementsFor(template: Template, { logicalId, properties }: Resource): Statement[] {
  const roleId = RoleOfFunction.safeParse(properties).data?.Role['Fn::GetAtt'][0] ?? '';
  const role = template.resources.get(roleId);
  if (role === undefined) return [];
  const { Policies, ManagedPolicyArns } = RoleProperties.parse(role.properties);
  if (ManagedPolicyArns !== undefined) throw new Error(`${logicalId}: managed policies are not known here.`);
  const attached = template
    .ofType('AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy')
    .map((policy) => PolicyProperties.parse(policy.properties))
    .filter(({ Roles }) => Roles.some((each) => Reference.safeParse(each).data?.Ref === roleId));
  return [...attached, ...Policies].flatMap(({ PolicyDocument }) =>
    PolicyDocument.Statement.map((statement) => {
      const limit = LeadingKeys.safeParse(statement.Condition).data?.['ForAllValues:StringLike'];
      const strange = statement.Condition !== undefined && limit === undefined ? 'Condition' : undefined;
      return {
        actions: [statement.Action ?? []].flat(),
        resources: [statement.Resource ?? []].flat(),
        partitions: limit && [limit['dynamodb:LeadingKeys']].flat(),
        unknown:
          statement.Effect === 'Allow' ? (UNKNOWN.find((part) => part in statement) ?? strange) : statement.Effect,
      };
    }),
  );
}

/**
 * What each function may do with DynamoDB, queues, the user pool and event buses, by logical id.
 * @throws Error naming the function, when a statement about DynamoDB says something that is not understood here
 */
export function databaseGrants(template: Template, resolve: Resolve): ReadonlyMap<string, readonly Grant[]> {
  const functions = template.ofType('AWS::Lambda::Function');
  return new Map(functions.map((each) => [each.logicalId, grantsFor(template, resolve, each)]));
}

function grantsFor(template: Template, resolve: Resolve, lambda: Resource): Grant[] {
  return statementsFor(template, lambda)
    .filter(
      ({ actions }) =>
        actions.length === 0 ||
        actions.some((action) => /^(\*|dynamodb:|cognito-idp:|events:|sqs:|ses:|scheduler:|iam:PassRole)/.test(action)),
    )
    .flatMap(({ actions, resources, partitions, unknown }) => {
      if (unknown !== undefined) {
        throw new Error(`${lambda.logicalId}: a statement with ${unknown} is not supported locally.`);
      }
      return resources.flatMap((resource) =>
        actions.flatMap((action): Grant[] => {
          const grant = { action, resource: String(resolve(resource)) };
          return partitions?.map((partition) => ({ ...grant, partition })) ?? [grant];
        }),
      );
    });
}

/** @returns the first grant that allows a call; undefined when none does */
export function grantFor(grants: readonly Grant[], { action, resource, partition }: Call): Grant | undefined {
  const within = ({ partition: pattern }: Grant): boolean =>
    pattern === undefined || (partition !== undefined && fits(pattern, partition));
  return grants.find((grant) => fits(grant.action, action) && fits(grant.resource, resource) && within(grant));
}

function fits(pattern: string, text: string): boolean {
  if (!/[*?]/.test(pattern)) return pattern === text;
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`).test(text);
}
