import { type App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, HIPAASecurityChecks, NIST80053R5Checks, ServerlessChecks } from 'cdk-nag';

/**
 * Has an app checked, whenever it is synthesized, against the rules of AWS Solutions, HIPAA, NIST 800-53 revision 5 and
 * Serverless. A finding that no construct accepts with a reason fails the synthesis, and so the deployment.
 */
export function addPolicyChecks(app: App): void {
  Validations.of(app).addPlugins(
    new AwsSolutionsChecks(app),
    new HIPAASecurityChecks(app),
    new NIST80053R5Checks(app),
    new ServerlessChecks(app),
  );
}
