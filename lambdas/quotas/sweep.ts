import { logJob } from '../shared/observability/log.ts';
import { deployedPorts } from './deployed-ports.ts';
import { type SweepCounts, sweep } from './sweep-operations.ts';

const ports = deployedPorts();

export async function handler(): Promise<SweepCounts> {
  const counts = await sweep(ports);
  logJob('sweep', { ...counts });
  return counts;
}
