import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';

import { accept } from './accept.ts';
import type { Foundation } from './foundation.ts';

export interface SigningSecretProps {
  readonly foundation: Foundation;
  readonly description: string;
  /** Why it is not replaced by itself, in a sentence. */
  readonly notRotated: string;
}

/** A random key made at the first deployment and kept in Secrets Manager; CloudFormation puts it in the environment. */
export class SigningSecret extends Construct {
  readonly value: string;

  constructor(scope: Construct, id: string, { foundation, description, notRotated }: SigningSecretProps) {
    super(scope, id);
    const secret = new Secret(this, 'Secret', {
      description,
      encryptionKey: foundation.key,
      generateSecretString: { passwordLength: 43, excludePunctuation: true },
    });
    accept(
      secret,
      notRotated,
      'AwsSolutions-SMG4',
      'HIPAA.Security-SecretsManagerRotationEnabled',
      'NIST.800.53.R5-SecretsManagerRotationEnabled',
    );
    this.value = secret.secretValue.unsafeUnwrap();
  }
}
