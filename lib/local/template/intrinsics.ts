/** Values of `AWS::Region` and its like. */
export type PseudoParameters = Readonly<Record<string, string>>;

export interface ResolverOptions {
  readonly pseudoParameters: PseudoParameters;
  /** What `Ref` gives for a resource. @throws Error when it has no local stand-in */
  readonly ref: (logicalId: string) => string;
  /** What `Fn::GetAtt` gives. @throws Error when it has no local stand-in */
  readonly attribute: (logicalId: string, attribute: string) => string;
  /** Puts local addresses in the place of a deployment's, in a text that was joined. */
  readonly localize?: (text: string) => string;
  /** The value of a Secrets Manager secret. @throws Error when there is no such secret */
  readonly secret: (secretId: string) => string;
}

/** Replaces every intrinsic function and dynamic reference in a part of a template by its value. */
export type Resolve = (value: unknown) => unknown;

const SECRET_REFERENCE = /\{\{resolve:secretsmanager:(.+?):SecretString:([^:}]*):[^:}]*:[^:}]*\}\}/g;

/**
 * Makes a resolver of CloudFormation's intrinsic functions as CDK emits them.
 * The resolver throws an Error that names what it could not resolve.
 * Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
 */
export function createResolver(options: ResolverOptions): Resolve {
  const { pseudoParameters, ref, attribute, secret, localize = (address: string) => address } = options;

  const resolveRef = (name: string): unknown =>
    name === 'AWS::NoValue' ? undefined : (pseudoParameters[name] ?? ref(name));

  const getAtt = (argument: unknown): string => {
    const path = typeof argument === 'string' ? argument.split('.') : list(argument).map((part) => text(part));
    const [logicalId = '', ...rest] = path;
    return attribute(logicalId, rest.join('.'));
  };

  const substitute = (argument: unknown): string => {
    const [template, variables] = typeof argument === 'string' ? [argument, {}] : list(argument);
    const values = isRecord(variables) ? variables : {};
    return text(template).replace(/\$\{(!?)([^}]+)\}/g, (whole, literal: string, name: string) => {
      if (literal !== '') return `\${${name}}`;
      if (name in values) return text(resolve(values[name]));
      return name.includes('.') ? getAtt(name) : text(resolveRef(name), whole);
    });
  };

  const FUNCTIONS: Readonly<Record<string, (argument: unknown) => unknown>> = {
    Ref: (argument) => resolveRef(text(argument)),
    'Fn::GetAtt': getAtt,
    'Fn::Sub': (argument) => withSecrets(substitute(argument)),
    'Fn::Join': (argument) => {
      const [separator, parts] = list(argument);
      const joined = list(resolve(parts)).map((part) => text(part));
      return localize(withSecrets(joined.join(text(separator))));
    },
    'Fn::Select': (argument) => {
      const [index, parts] = list(resolve(argument));
      return list(parts)[Number(index)];
    },
    'Fn::Split': (argument) => {
      const [separator, whole] = list(resolve(argument));
      return text(whole).split(text(separator));
    },
  };

  const withSecrets = (value: string): string =>
    value.replace(SECRET_REFERENCE, (whole, secretId: string, jsonKey: string) => {
      if (jsonKey !== '') throw new Error(`${whole}: a key within a secret is not supported locally.`);
      return secret(secretId);
    });

  const resolve: Resolve = (value) => {
    if (typeof value === 'string') return withSecrets(value);
    if (Array.isArray(value)) return value.map(resolve).filter((item) => item !== undefined);
    if (!isRecord(value)) return value;
    const entries = Object.entries(value);
    const [name, argument] = entries[0] ?? ['', undefined];
    if (entries.length === 1 && (name === 'Ref' || name === 'Condition' || name.startsWith('Fn::'))) {
      const apply = FUNCTIONS[name];
      if (apply === undefined) throw new Error(`The intrinsic function ${name} is not supported locally.`);
      return apply(argument);
    }
    return Object.fromEntries(
      entries.map(([key, item]) => [key, resolve(item)]).filter(([, item]) => item !== undefined),
    );
  };
  return resolve;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function list(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new Error(`Expected a list in the template, found ${JSON.stringify(value)}.`);
}

function text(value: unknown, where = ''): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new Error(`Expected text in the template${where && ` at ${where}`}, found ${JSON.stringify(value)}.`);
}
