import { readAddressees } from '../institutions/published-contacts.ts';
import { deployedTable } from '../shared/dynamo/deployed-table.ts';
import { SingleTable } from '../shared/dynamo/single-table.ts';
import { environment } from '../shared/environment.ts';
import { MailKeys } from './mail-keys.ts';
import type { MailPorts } from './mail-ports.ts';
import { MailTable } from './mail-table.ts';
import { SesMailer } from './ses-mailer.ts';

/** The ports of a deployed function that sends mail. */
export function mailPorts(): MailPorts {
  const table = deployedTable();
  const institutions = new SingleTable(table.client, environment('INSTITUTIONS_TABLE_NAME'));
  return {
    mails: new MailTable(table),
    keys: new MailKeys(environment('MAIL_SECRET')),
    mailer: new SesMailer(environment('MAIL_SENDER'), environment('CONFIGURATION_SET')),
    addressees: (institutionId) => readAddressees(institutions, institutionId),
    baseUrl: environment('API_URL'),
  };
}
