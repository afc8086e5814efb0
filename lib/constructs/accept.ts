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

/** Why nothing has a dead-letter queue of its own but the streams. */
export const FAILURES_ARE_SEEN =
  'Whoever calls learns of a failure: the gateway and the admin at once, a stream by its dead-letter queue. What runs on a schedule is made good by its next run, and an alarm tells. An alarm whose message is lost is still on, and on the dashboard.';

/** Why a dead-letter queue has none of its own. */
export const DEAD_LETTERS = 'It is itself a dead-letter queue: nothing takes from it but a person.';
