import { startMinistack } from './ministack.ts';

/** Where a deployment goes. */
export interface Target {
  /** In a word, for messages. */
  readonly name: 'MiniStack' | 'the given endpoint' | 'AWS';
  /** Absent for AWS itself. */
  readonly endpoint?: string;
  /** Given to the CDK and to everything else that talks to the target. */
  readonly environment: Readonly<Record<string, string>>;
  /** What every `cdk deploy` to it needs: context flags that leave out what an emulator does not know. */
  readonly flags: readonly string[];
  readonly stop: () => Promise<void>;
}

/** MiniStack has neither alarms on expressions nor alarms on alarms, nor GuardDuty, and refuses a template with them. */
const LACKING = ['-c', 'plainAlarmsOnly=true', '-c', 'withoutMalwareScan=true'];

/** An emulator believes everybody. */
const emulated = (endpoint: string): Readonly<Record<string, string>> => ({
  AWS_ENDPOINT_URL: endpoint,
  AWS_ACCESS_KEY_ID: 'emulated',
  AWS_SECRET_ACCESS_KEY: 'emulated',
  AWS_REGION: 'eu-central-1',
});

/**
 * What `HUB_DEPLOY_TARGET` and `AWS_ENDPOINT_URL` ask for: `aws` the account of the credentials in the environment; an
 * endpoint the emulator that runs there; nothing a MiniStack of its own.
 * @throws Error that says what is wrong with the two
 */
export async function openTarget(): Promise<Target> {
  const wanted = process.env['HUB_DEPLOY_TARGET'] ?? '';
  const endpoint = process.env['AWS_ENDPOINT_URL'] ?? '';
  const nothing = async (): Promise<void> => undefined;
  if (wanted === 'aws') {
    if (endpoint !== '')
      throw new Error('HUB_DEPLOY_TARGET=aws and AWS_ENDPOINT_URL contradict each other: unset one.');
    return { name: 'AWS', environment: {}, flags: [], stop: nothing };
  }
  if (wanted !== '') throw new Error(`HUB_DEPLOY_TARGET=${wanted}: write aws, or leave it out for an emulator.`);
  if (endpoint !== '') {
    return { name: 'the given endpoint', endpoint, environment: emulated(endpoint), flags: LACKING, stop: nothing };
  }
  return openMinistack();
}

/** A MiniStack of its own, with nothing in it. */
export async function openMinistack(): Promise<Target> {
  const { endpoint, stop } = await startMinistack();
  return { name: 'MiniStack', endpoint, environment: emulated(endpoint), flags: LACKING, stop };
}
