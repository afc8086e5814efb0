/** What stands in the way of a deployment, in words for whoever deploys: what is the matter, and what to do next. */

/** A deployment would fail, or go where it should not. */
export class NotDeployable extends Error {
  override readonly name = 'NotDeployable';

  /**
   * @param matter a sentence
   * @param next what to do, a sentence or commands
   */
  constructor(matter: string, next: string) {
    super(`${matter}\n  → ${next}`);
  }
}

/** Facts about the place to deploy to, and about what is there. */
export interface Place {
  readonly stage: string;
  readonly stack: string;
  readonly account: string;
  readonly region: string;
}

const FIRST_FAILED = new Set([
  'ROLLBACK_COMPLETE',
  'ROLLBACK_FAILED',
  'CREATE_FAILED',
  'DELETE_FAILED',
  'REVIEW_IN_PROGRESS',
]);
const STUCK = new Set(['UPDATE_ROLLBACK_FAILED', 'UPDATE_FAILED']);

/**
 * What the state of the stack means for a deployment.
 * @param status of the stack, undefined when there is none
 * @param isProtected whether the stack is protected from deletion
 * @throws NotDeployable unless CloudFormation and the CDK can go on from there
 */
export function checkStackStatus({ stack, region }: Place, status: string | undefined, isProtected: boolean): void {
  if (status === undefined) return;
  if (STUCK.has(status)) {
    throw new NotDeployable(
      `The stack ${stack} is stuck (${status}): a deployment failed, and what it had changed could not be taken back.`,
      `npx cdk rollback ${stack}   (add --orphan <logical id> for a resource that cannot be taken back), then deploy again.`,
    );
  }
  if (FIRST_FAILED.has(status)) {
    // The CDK removes what is left of a first deployment that failed, and makes it again; a protected stack it cannot remove.
    if (!isProtected && status !== 'DELETE_FAILED') return;
    throw new NotDeployable(
      `The stack ${stack} was never made, or not wholly removed (${status}), and has to go before it can be made.`,
      [
        isProtected &&
          `aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name ${stack} --region ${region}`,
        `aws cloudformation delete-stack --stack-name ${stack} --region ${region}`,
        'then deploy again. Tables, keys, bucket and users that were made stay behind: look at them in the console first.',
      ]
        .filter((line) => line !== false)
        .join('\n    '),
    );
  }
  if (status.endsWith('_IN_PROGRESS')) {
    throw new NotDeployable(
      `The stack ${stack} is being changed right now (${status}), by somebody else or by a deployment that was interrupted.`,
      `aws cloudformation describe-stack-events --stack-name ${stack} --region ${region}   shows it; wait until it is over and deploy again.`,
    );
  }
}

/** @throws NotDeployable when the CDK has not prepared the account and region */
export function checkBootstrap({ account, region }: Place, status: string | undefined): void {
  if (status !== undefined && /^(?:CREATE|UPDATE|UPDATE_ROLLBACK|IMPORT)_COMPLETE$/.test(status)) return;
  const matter =
    status === undefined
      ? `Account ${account} is not prepared for the CDK in ${region}.`
      : `What prepares account ${account} for the CDK in ${region}, the stack CDKToolkit, is not whole (${status}).`;
  throw new NotDeployable(matter, `npx cdk bootstrap aws://${account}/${region}   once, then deploy again.`);
}

/**
 * The domain of the sign-in pages is the one name that the Hub does not leave to AWS.
 * @param owner the user pool that has it, undefined when nobody has
 * @param ours the stack's user pool, undefined when it has none yet
 * @throws NotDeployable when the name is another's
 */
export function checkDomain(place: Place, domain: string, owner: string | undefined, ours: string | undefined): void {
  if (owner === undefined || owner === ours) return;
  throw new NotDeployable(
    `The name ${domain} of the sign-in pages is taken: the user pool ${owner}, which is not of the stack ${place.stack}, has it.`,
    `aws cognito-idp delete-user-pool-domain --domain ${domain} --user-pool-id ${owner} --region ${place.region}   if nobody signs in there any more, then deploy again.`,
  );
}

/** @throws NotDeployable when credentials or environment point elsewhere than the stage's settings */
export function checkPlace(
  place: Place,
  wanted: { readonly account?: string | undefined },
  environmentRegion: string,
): void {
  if (wanted.account !== undefined && wanted.account !== place.account) {
    throw new NotDeployable(
      `These credentials are of account ${place.account}, and stage ${place.stage} lives in ${wanted.account}.`,
      `Use credentials of ${wanted.account}, or mend stages.${place.stage}.account in cdk.json.`,
    );
  }
  if (environmentRegion !== '' && environmentRegion !== place.region) {
    throw new NotDeployable(
      `AWS_REGION says ${environmentRegion}, and stage ${place.stage} lives in ${place.region}.`,
      `Set AWS_REGION=${place.region}, or unset it; to move the stage, change stages.${place.stage}.region in cdk.json.`,
    );
  }
}
