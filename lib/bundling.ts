import { bundle } from './constructs/bundle.ts';
import { docsAssets } from './docs-assets.ts';

/**
 * The making of what is deployed, which begins when this is loaded: what the portal shows is apart from everything else.
 * All is bundled at once, and while the modules of the CDK are loaded. `bundles.ts` waits for it.
 */
export const bundling = Promise.all([
  docsAssets().then((files) => bundle({ name: 'portal', entries: { portal: ['handler'] }, files })),
  bundle({
    name: 'contexts',
    entries: {
      institutions: [
        'handler',
        'clients-handler',
        'register-handler',
        'members-handler',
        'token-handler',
        'admission-handler',
      ],
      agreements: ['handler', 'partners-handler'],
      quotas: [
        'handler',
        'accounting-handler',
        'settle-handler',
        'sweep-handler',
        'ledger-handler',
        'reconcile-handler',
        'following-handler',
        'closing-handler',
        'remind-handler',
      ],
      training: [
        'handler',
        'credentials-handler',
        'sweep-handler',
        'settle-handler',
        'following-handler',
        'attendance-handler',
        'remind-handler',
      ],
      events: [
        'calendar-handler',
        'handler',
        'programme-handler',
        'sweep-handler',
        'settle-handler',
        'following-handler',
        'remind-handler',
      ],
      notifications: [
        'handler',
        'publish-handler',
        'reminders-handler',
        'webhooks-handler',
        'dispatch-handler',
        'deliver-handler',
        'resume-handler',
        'mail-handler',
        'digest-handler',
        'unsubscribe-handler',
      ],
      documents: [
        'handler',
        'arrived-handler',
        'scanned-handler',
        'keeping-handler',
        'sweep-handler',
        'following-handler',
      ],
      audit: [
        'handler',
        'quotas-handler',
        'agreements-handler',
        'institutions-handler',
        'webhooks-handler',
        'documents-handler',
        'training-handler',
        'events-handler',
        'anchor-handler',
      ],
    },
  }),
]);
