import { App } from 'aws-cdk-lib';

import { HubStack } from '../lib/hub-stack.ts';

const app = new App();
new HubStack(app, 'OncologyHub', { description: 'Oncology Collaboration Hub' });
