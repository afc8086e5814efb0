import { writeSync } from 'node:fs';

/**
 * Inside of a cold start: imports the function named by the first argument, hands it the event in the second, and tells
 * file descriptor 3 how many milliseconds have passed since this process began.
 */
const [, , moduleUrl = '', event = ''] = process.argv;
const { handler } = await import(moduleUrl);
const { statusCode } = await handler(JSON.parse(event), { functionName: 'bench', awsRequestId: 'cold' });
writeSync(3, JSON.stringify({ milliseconds: performance.now(), statusCode }));
process.exit(0);
