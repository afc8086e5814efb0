import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

import { DocumentBucket } from './constructs/document-bucket.ts';
import { ContractHttpApi } from './constructs/http-api.ts';
import { Identity } from './constructs/identity.ts';
import { SigningSecret } from './constructs/signing-secret.ts';
import { InstitutionsContext } from './contexts/institutions.ts';
import { PortalContext } from './contexts/portal.ts';
import { QuotasContext } from './contexts/quotas.ts';

/** The whole Hub. Composition only: what each part is made of is said in its construct. */
export class HubStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const identity = new Identity(this, 'Identity');
    const http = new ContractHttpApi(this, 'HttpApi', { identity });
    const cursors = new SigningSecret(this, 'CursorSecret', { description: 'Signs the cursors of lists' });

    new DocumentBucket(this, 'Documents');
    new PortalContext(this, 'Portal', { http });
    const institutions = new InstitutionsContext(this, 'Institutions', { http, cursors });
    new QuotasContext(this, 'Quotas', { http, cursors, institutions: institutions.table });
  }
}
