import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';

/** A random key made at the first deployment and kept in Secrets Manager; CloudFormation puts it in the environment. */
export class SigningSecret extends Construct {
  readonly value: string;

  constructor(scope: Construct, id: string, { description }: { readonly description: string }) {
    super(scope, id);
    const secret = new Secret(this, 'Secret', {
      description,
      generateSecretString: { passwordLength: 43, excludePunctuation: true },
    });
    this.value = secret.secretValue.unsafeUnwrap();
  }
}
