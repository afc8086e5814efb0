/** The direction in which modules may depend on each other. */
module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'pure-contracts-and-models',
      comment: 'A contract, model or errors module imports nothing but zod and pure modules of its own kind.',
      severity: 'error',
      from: {
        path: '^lambdas/[^/]+/((?:pool-|grant-|booking-|loan-|ledger-|closing-|usage-|capacity-|accounting-|registry-|contact-|client-|anchor-|webhook-|delivery-|mail-|programme-|cohort-|application-|credential-|funding-|budget-|travel-grant-|report-|event-|registration-|session-|abstract-|calendar-)?(?:contract|contract-parts|model|errors)|ledger|grant-agreement|moves|units|pseudonym|waiting|priority-rules|published|published-changes|funding-changes|published-rows|event-types|event-type-subjects|cloud-event|mail-types|mail-texts|mail-texts-en|mail-texts-kk|mail-texts-ru|mail-languages|compose|unsubscribe-page|regions|ror|status|file-name|media-types)\\.ts$',
      },
      to: {
        pathNot: [
          '^lambdas/[^/]+/((?:pool-|grant-|booking-|loan-|ledger-|closing-|usage-|capacity-|accounting-|registry-|contact-|client-|anchor-|webhook-|delivery-|mail-|programme-|cohort-|application-|credential-|funding-|budget-|travel-grant-|report-|event-|registration-|session-|abstract-|calendar-)?(?:contract|contract-parts|model|errors)|ledger|moves|units|pseudonym|waiting|priority-rules|published|published-changes|funding-changes|published-rows|event-types|event-type-subjects|cloud-event|mail-types|mail-texts|mail-texts-en|mail-texts-kk|mail-texts-ru|mail-languages|compose|unsubscribe-page|regions|ror|status|file-name|media-types)\\.ts$',
          '^lambdas/institutions/subdivisions\\.json$',
          '^lambdas/shared/(canonical|countries|days|meetings|meeting-errors|money|pseudonym|values|auth/(agent|rules|vocabulary)|http/(route|problem|problems)|capacity/(account|holder|place)|chain/(chain|change)|observability/metrics)\\.ts$',
          'node_modules/zod',
        ],
      },
    },
    {
      name: 'database-only-in-tables',
      comment:
        'Only table modules, the capacity accounts and shared/dynamo know DynamoDB; one module each knows the gateway, the issuer, the bucket of anchors and that of documents.',
      severity: 'error',
      from: {
        path: '^lambdas',
        pathNot:
          '-table\\.ts$|^lambdas/shared/(dynamo|capacity|start-up)/|/(authorizer-admission|cognito-issuer|anchor-bucket|delivery-queue|event-bus|scheduler|ses-mailer|document-store)\\.ts$',
      },
      to: { path: 'node_modules/@aws-sdk' },
    },
    {
      name: 'contexts-meet-through-what-they-publish',
      severity: 'error',
      from: { path: '^lambdas/(?!shared/)([^/]+)/' },
      to: {
        path: '^lambdas/(?!shared/)([^/]+)/',
        pathNot: ['^lambdas/$1/', '/published(-changes|-contacts|-partners|-rows)?\\.ts$'],
      },
    },
    {
      name: 'shared-knows-no-context',
      severity: 'error',
      from: { path: '^lambdas/shared/' },
      to: { path: '^lambdas/(?!shared/)' },
    },
    {
      name: 'handlers-are-entries',
      comment: 'Nothing imports a handler: it wires, and is run.',
      severity: 'error',
      from: {},
      to: { path: '^lambdas/[^/]+/[a-z-]*handler\\.ts$' },
    },
    {
      name: 'infrastructure-reads-contracts-only',
      comment: 'Synthesis never loads a handler or an SDK.',
      severity: 'error',
      from: { path: '^(lib/(constructs|contexts|[^/]+\\.ts)|bin/(hub|openapi)\\.ts)' },
      to: {
        path: '^lambdas|node_modules/@aws-sdk',
        pathNot:
          '^lambdas/([^/]+/((webhook-|mail-|credential-|programme-|calendar-)?(contract|errors)|event-types|event-type-subjects|cloud-event)|shared/(meeting-errors|auth/vocabulary|http/(route|problem|problems)|observability/metrics))\\.ts$',
      },
    },
    {
      name: 'lambdas-know-no-infrastructure',
      severity: 'error',
      from: { path: '^lambdas' },
      to: { path: '^(lib|bin|tests|bench)/|node_modules/(aws-cdk-lib|constructs)' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'node'] },
  },
};
