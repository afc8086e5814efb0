import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';

/** Runs the commands that a page shows, in their order and in one shell, and writes what they printed in place of what it says. */

/** What a machine needs that runs them. */
export function canRun(): boolean {
  try {
    execFileSync('bash', ['-c', 'curl --version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

export interface Token {
  readonly institution: string;
  readonly role: string;
  readonly scope?: string | undefined;
}

export interface Shell {
  readonly url: string;
  readonly token: (wanted: Token) => Promise<string>;
}

/** A command, and the block behind it that says what it prints; the places are those of the lines between the fences. */
interface Example {
  readonly command: string;
  readonly output?: { readonly json: boolean; readonly from: number; readonly to: number };
}

function examplesIn(lines: readonly string[]): Example[] {
  const examples: Example[] = [];
  for (let line = 0; line < lines.length; line++) {
    const kind = /^```(sh|json|text)$/.exec(lines[line] ?? '')?.[1];
    if (kind === undefined) continue;
    const from = line + 1;
    while (lines[++line] !== '```');
    const text = lines.slice(from, line).join('\n');
    const last = examples.at(-1);
    if (kind === 'sh') examples.push({ command: text });
    else if (last !== undefined && last.output === undefined) {
      examples[examples.length - 1] = { ...last, output: { json: kind === 'json', from, to: line } };
    }
  }
  return examples;
}

const MARK = '----8<----';

async function outputsOf(commands: readonly string[], { url, token }: Shell): Promise<string[]> {
  const script = commands.join(`\necho; echo '${MARK}'\n`);
  const asked = [
    ...script.matchAll(/npm run -s token -- (--institution (\S+) --role ([a-z-]+)(?: --scope ([^\s)]+))?)/g),
  ];
  const cases = await Promise.all(
    asked.map(async ([, options = '', institution = '', role = '', scope]) => {
      return `'run -s token -- ${options}') echo '${await token({ institution, role, scope })}' ;;`;
    }),
  );
  // Tokens are those of the hub that runs for this test, not of one that somebody has started.
  const npm = `npm() { case "$*" in\n${cases.join('\n')}\n*) echo "npm $*" >&2; return 1 ;; esac; }`;
  const whole = `${npm}\n${script.replaceAll('http://127.0.0.1:4000', url)}`;
  const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', whole], { maxBuffer: 2 ** 24 });
  return stdout
    .replaceAll('\r', '')
    .split(`${MARK}\n`)
    .map((text) => text.trim());
}

/** Without what is another each time: ids the Hub makes and the hashes of what names them, moments, days, years, ports and signatures. */
function comparable(output: string, json: boolean): string {
  const text = json ? JSON.stringify(sorted(JSON.parse(output))) : output;
  return text
    .replaceAll(/\b[0-9a-f]{64}\b/g, '<hash>')
    .replaceAll(/[0-9a-f]{8}-(?!7c00-7a11-8000-0000000000)[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<id>')
    .replaceAll(/20\d\d-\d\d-\d\dT[\d:.]+Z/g, '<moment>')
    .replaceAll(/\b20\d\d-\d\d-\d\d\b/g, '<day>')
    .replaceAll(/\b20\d\d\b/g, '<year>')
    .replaceAll(/127\.0\.0\.1(?::|%3A)\d+/g, '<host>')
    .replaceAll(/(?:[\w-]+\.)+[\w-]{43}\b/g, '<cursor>')
    .replaceAll(/eyJ[\w-]+/g, '<token>');
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}

const LINE = 80;

/** JSON for people: what fits into a line is on one. */
function pretty(value: unknown, indent = ''): string {
  const lines = JSON.stringify(value, null, 1).replaceAll(/\n */g, ' ');
  const line = Array.isArray(value) ? lines.replace(/^\[ /, '[').replace(/ \]$/, ']') : lines;
  const whole = indent !== '' && line.length + indent.length <= LINE;
  if (whole || typeof value !== 'object' || value === null) return line;
  const inner = `${indent}  `;
  const parts = Array.isArray(value)
    ? value.map((each) => pretty(each, inner))
    : Object.entries(value).map(([key, each]) => `${JSON.stringify(key)}: ${pretty(each, inner)}`);
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  return `${open}\n${parts.map((part) => inner + part).join(',\n')}\n${indent}${close}`;
}

/**
 * The page as it has to be: as it is, or where an example prints something else than it says, with what all of them print.
 * @param part from which heading on, to which; the rest of the page is not run
 */
export async function renewed(page: string, [from, to]: readonly [string, string?], shell: Shell): Promise<string> {
  const start = page.indexOf(`\n${from}\n`);
  const end = to === undefined ? page.length : page.indexOf(`\n${to}\n`);
  if (start === -1 || end === -1) throw new Error(`The page has no ${from}, or no ${String(to)}`);
  const lines = page.slice(start, end).split('\n');
  const examples = examplesIn(lines);
  const outputs = await outputsOf(
    examples.map(({ command }) => command),
    shell,
  );
  const shown = examples.flatMap(({ output }, index) => {
    if (output === undefined) return [];
    const printed = (outputs[index] ?? '')
      .replaceAll(shell.url, 'http://127.0.0.1:4000')
      .replaceAll(encodeURIComponent(new URL(shell.url).host), '127.0.0.1%3A4000');
    return [{ ...output, printed, said: lines.slice(output.from, output.to).join('\n') }];
  });
  // All of them or none: ids go from one example to the next.
  if (shown.every(({ said, printed, json }) => comparable(said, json) === comparable(printed, json))) return page;
  for (const { from: first, to: last, json, printed } of shown.toReversed()) {
    const text = json ? pretty(JSON.parse(printed)) : printed;
    lines.splice(first, last - first, ...text.split('\n'));
  }
  return page.slice(0, start) + lines.join('\n') + page.slice(end);
}
