import { ArnFormat, CfnOutput, Stack } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as Lambda } from 'aws-cdk-lib/aws-lambda';
import {
  ConfigurationSet,
  ConfigurationSetTlsPolicy,
  EmailIdentity,
  EmailSendingEvent,
  EventDestination,
  Identity,
} from 'aws-cdk-lib/aws-ses';
import { Construct } from 'constructs';

export interface MailSenderProps {
  /** The address that mail is from. */
  readonly sender: string;
}

/**
 * The domain that mail is sent from, signed with keys that SES changes by itself, and what is told of mail that does not
 * arrive: SES tells it to the account's default bus, and to no other.
 */
export class MailSender extends Construct {
  readonly configurationSet: ConfigurationSet;
  readonly #sender: string;
  readonly #identity: EmailIdentity;

  constructor(scope: Construct, id: string, { sender }: MailSenderProps) {
    super(scope, id);
    this.#sender = sender;
    const domain = sender.slice(sender.indexOf('@') + 1);
    // SES's own list would keep back what the Hub's is to decide about: there an address stays after it was put right.
    this.configurationSet = new ConfigurationSet(this, 'Set', {
      disableSuppressionList: true,
      reputationMetrics: true,
      tlsPolicy: ConfigurationSetTlsPolicy.REQUIRE,
    });
    this.configurationSet.addEventDestination('Feedback', {
      destination: EventDestination.eventBus(EventBus.fromEventBusName(this, 'DefaultBus', 'default')),
      events: [EmailSendingEvent.BOUNCE, EmailSendingEvent.COMPLAINT],
    });
    this.#identity = new EmailIdentity(this, 'Identity', {
      identity: Identity.domain(domain),
      configurationSet: this.configurationSet,
      // What does not arrive is told by events; a copy to the sender's mailbox would be read by nobody.
      feedbackForwarding: false,
    });
    for (const [index, { name, value }] of this.#identity.dkimRecords.entries()) {
      new CfnOutput(this, `Dkim${String(index + 1)}`, {
        description: `CNAME records with which ${domain} lets the Hub mail`,
        value: `${name} CNAME ${value}`,
      });
    }
  }

  /** Lets a function send mail, from this domain alone. */
  grantSend(handler: Lambda): void {
    handler.addEnvironment('MAIL_SENDER', this.#sender);
    handler.addEnvironment('CONFIGURATION_SET', this.configurationSet.configurationSetName);
    const set = Stack.of(this).formatArn({
      service: 'ses',
      resource: 'configuration-set',
      resourceName: this.configurationSet.configurationSetName,
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
    handler.addToRolePolicy(
      new PolicyStatement({ actions: ['ses:SendEmail'], resources: [this.#identity.emailIdentityArn, set] }),
    );
  }
}
