/** Says whether an event matches. */
export type Matches = (event: unknown) => boolean;

/**
 * Compiles an event pattern as event source mappings use them: nested objects narrow, a list at a leaf is any of exact
 * values, `prefix`, `suffix`, `exists`, `anything-but`, `equals-ignore-case` and `numeric`.
 * Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 * @throws Error naming the operator that is not supported locally
 */
export function compilePattern(pattern: unknown): Matches {
  if (!isRecord(pattern)) throw new Error(`An event pattern must be an object, found ${JSON.stringify(pattern)}.`);
  const fields = Object.entries(pattern).map(([name, inner]): Matches => {
    if (name === '$or') return anyOf(asList(inner).map(compilePattern));
    const matches = Array.isArray(inner) ? anyOf(inner.map(compileLeaf)) : compilePattern(inner);
    return (event) => matches(isRecord(event) ? event[name] : undefined);
  });
  return (event) => fields.every((matches) => matches(event));
}

function compileLeaf(rule: unknown): Matches {
  if (!isRecord(rule)) return someValue((value) => value === rule);
  const [operator = '', argument] = Object.entries(rule)[0] ?? [];
  switch (operator) {
    case 'prefix':
      return someValue((value) => typeof value === 'string' && value.startsWith(String(argument)));
    case 'suffix':
      return someValue((value) => typeof value === 'string' && value.endsWith(String(argument)));
    case 'equals-ignore-case':
      return someValue((value) => typeof value === 'string' && value.toLowerCase() === String(argument).toLowerCase());
    case 'exists':
      return (value) => (value !== undefined && !isRecord(value)) === argument;
    case 'anything-but': {
      const but = anyOf((Array.isArray(argument) ? argument : [argument]).map(compileLeaf));
      return (value) => value !== undefined && !but(value);
    }
    case 'numeric':
      return numeric(asList(argument));
    default:
      throw new Error(`The pattern operator ${operator} is not supported locally.`);
  }
}

/** Such as `[">", 0, "<=", 5]`. DynamoDB writes numbers as text, which the filter reads as numbers here. */
function numeric(argument: readonly unknown[]): Matches {
  const tests: Matches[] = [];
  for (let index = 0; index + 1 < argument.length; index += 2) {
    const operator = String(argument[index]);
    const bound = Number(argument[index + 1]);
    tests.push((value) => compares(Number(value), operator, bound));
  }
  return someValue(
    (value) => (typeof value === 'number' || typeof value === 'string') && tests.every((test) => test(value)),
  );
}

function compares(value: number, operator: string, bound: number): boolean {
  switch (operator) {
    case '=':
      return value === bound;
    case '<':
      return value < bound;
    case '<=':
      return value <= bound;
    case '>':
      return value > bound;
    case '>=':
      return value >= bound;
    default:
      throw new Error(`The numeric operator ${operator} is not supported locally.`);
  }
}

/** A list in the event matches when one of its values does. */
function someValue(test: Matches): Matches {
  return (value) => (Array.isArray(value) ? value.some(test) : test(value));
}

function anyOf(alternatives: readonly Matches[]): Matches {
  return (event) => alternatives.some((matches) => matches(event));
}

function asList(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new Error(`Expected a list in an event pattern, found ${JSON.stringify(value)}.`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
