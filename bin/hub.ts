import { join } from 'node:path';

import { App } from 'aws-cdk-lib';

import { HubStack } from '../lib/hub-stack.ts';

/** The CDK says where to; run by itself (`npm run synth`) this synthesizes where the CDK would. */
const outdir = process.env['CDK_OUTDIR'] ?? join(import.meta.dirname, '../cdk.out');

const app = new App({ outdir });
new HubStack(app, 'OncologyHub', { description: 'Oncology Collaboration Hub' });
