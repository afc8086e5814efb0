import type { WireItem } from './wire.ts';

/**
 * Bytes of an item as DynamoDB counts them for capacity: names and values in UTF-8.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export function itemSize(item: WireItem): number {
  return Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + valueSize(value), 0);
}

/** Overhead of a list or map, and of each of its elements. */
const CONTAINER = 3;
const ELEMENT = 1;

function valueSize(value: unknown): number {
  const [type, content] = Object.entries(record(value))[0] ?? [];
  switch (type) {
    case 'S':
      return Buffer.byteLength(String(content));
    case 'N':
      return numberSize(String(content));
    case 'B':
      return Buffer.from(String(content), 'base64').length;
    case 'BOOL':
    case 'NULL':
      return 1;
    case 'SS':
      return sum(list(content), (element) => Buffer.byteLength(String(element)));
    case 'NS':
      return sum(list(content), (element) => numberSize(String(element)));
    case 'BS':
      return sum(list(content), (element) => Buffer.from(String(element), 'base64').length);
    case 'L':
      return CONTAINER + sum(list(content), (element) => ELEMENT + valueSize(element));
    case 'M':
      return (
        CONTAINER +
        sum(Object.entries(record(content)), ([name, inner]) => ELEMENT + Buffer.byteLength(name) + valueSize(inner))
      );
    default:
      throw new Error(`DynamoDB has no attribute type ${String(type)}`);
  }
}

/** One byte per two significant digits and one more, and one for a minus; "approximately", says the source. */
function numberSize(text: string): number {
  const digits = text.replace(/e.*$/i, '').replace(/[-+.]/g, '').replace(/^0+/, '').replace(/0+$/, '');
  return Math.ceil(digits.length / 2) + 1 + (text.startsWith('-') ? 1 : 0);
}

function sum<T>(values: readonly T[], of: (value: T) => number): number {
  return values.reduce((total, value) => total + of(value), 0);
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('An attribute is no map');
  return { ...value };
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error('An attribute is no list');
  return value;
}
