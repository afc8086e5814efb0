import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * Says why findings of the policy checks about a construct, and what is in it, are right as they are. The reason stands
 * beside what it is about, so that nothing else is excused by it.
 * @param rules the ids that the checks' report gives, such as `AwsSolutions-SQS3`
 */
export function accept(construct: IConstruct, reason: string, ...rules: readonly string[]): void {
  Validations.of(construct).acknowledge(...rules.map((id) => ({ id, reason })));
}

/** Why nothing has a dead-letter queue of its own but streams and queues. */
export const FAILURES_ARE_SEEN =
  'Whoever calls learns of a failure: the gateway and the admin at once, a stream or queue by its dead letters, which a person takes. What runs on a schedule is made good by its next run, and an alarm tells. An alarm whose message is lost is still on, and on the dashboard.';

/** Why a role has its policy in itself. */
export const ONE_ROLE =
  'The policy is made for one role and attached to no other: as part of the role it cannot be lent to anybody.';

/** Why a resource ends in a wildcard. */
export const MADE_LATER = 'What is behind the last slash are ids of what is made later: no policy can name them.';
