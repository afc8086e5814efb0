import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';

import { accept } from './accept.ts';
import type { Foundation } from './foundation.ts';

export interface SigningSecretProps {
  readonly foundation: Foundation;
  readonly description: string;
}

/** A random key made at the first deployment and kept in Secrets Manager; CloudFormation puts it in the environment. */
export class SigningSecret extends Construct {
  readonly value: string;

  constructor(scope: Construct, id: string, { foundation, description }: SigningSecretProps) {
    super(scope, id);
    const secret = new Secret(this, 'Secret', {
      description,
      encryptionKey: foundation.key,
      generateSecretString: { passwordLength: 43, excludePunctuation: true },
    });
    accept(
      secret,
      'It is replaced by a deployment, as the runbook says. A rotation by itself would break every list that is being read, and what the audit keeps of confidential content could not be compared any more.',
      'AwsSolutions-SMG4',
      'HIPAA.Security-SecretsManagerRotationEnabled',
      'NIST.800.53.R5-SecretsManagerRotationEnabled',
    );
    this.value = secret.secretValue.unsafeUnwrap();
  }
}
