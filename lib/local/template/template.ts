import * as z from 'zod/mini';

/** A resource as the synthesized template declares it; intrinsic functions in `properties` are not resolved yet. */
export interface Resource {
  readonly logicalId: string;
  readonly type: string;
  /** What becomes of it when it leaves the stack; CloudFormation deletes it when nothing is said. */
  readonly deletionPolicy: string | undefined;
  readonly updateReplacePolicy: string | undefined;
  readonly properties: Readonly<Record<string, unknown>>;
}

const TemplateDocument = z.looseObject({
  Resources: z.record(
    z.string(),
    z.looseObject({
      Type: z.string(),
      Properties: z.optional(z.record(z.string(), z.unknown())),
      DeletionPolicy: z.optional(z.string()),
      UpdateReplacePolicy: z.optional(z.string()),
    }),
  ),
});

/** A CloudFormation template, to be asked what it declares. */
export class Template {
  readonly resources: ReadonlyMap<string, Resource>;

  /** @throws ZodError when the document is no template */
  constructor(document: unknown) {
    const { Resources } = TemplateDocument.parse(document);
    this.resources = new Map(
      Object.entries(Resources).map(([logicalId, { Type, Properties, DeletionPolicy, UpdateReplacePolicy }]) => [
        logicalId,
        {
          logicalId,
          type: Type,
          properties: Properties ?? {},
          deletionPolicy: DeletionPolicy,
          updateReplacePolicy: UpdateReplacePolicy,
        },
      ]),
    );
  }

  ofType(...types: readonly string[]): readonly Resource[] {
    return [...this.resources.values()].filter(({ type }) => types.includes(type));
  }

  /**
   * The one resource of these types whose logical id is, or starts with, `prefix`: logical ids end in a hash nobody
   * wants to type.
   * @throws Error when there is none, or more than one
   */
  find(prefix: string, ...types: readonly string[]): Resource {
    const all = this.ofType(...types);
    const matches = all.filter(({ logicalId }) => logicalId.startsWith(prefix));
    const match = all.find(({ logicalId }) => logicalId === prefix) ?? matches[0];
    if (match !== undefined && (match.logicalId === prefix || matches.length === 1)) return match;
    const names = (matches.length === 0 ? all : matches).map(({ logicalId }) => logicalId).join(', ');
    const problem = matches.length === 0 ? 'No' : 'More than one';
    throw new Error(`${problem} ${types.join(' or ')} has a logical id starting with ${prefix}. There is: ${names}.`);
  }
}
