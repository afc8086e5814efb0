import { parseArgs } from 'node:util';

import { COMMANDS, type Flags, HELP } from '../lib/admin/commands.ts';
import { AdminError } from '../lib/admin/deployment.ts';

/** @throws AdminError, or an Error of `parseArgs`, whose message is for the user */
function readFlags(): { command: string | undefined; flags: Flags; help: boolean } {
  const text = { type: 'string' } as const;
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      stage: text,
      region: text,
      institution: text,
      email: text,
      client: text,
      role: { type: 'string', multiple: true },
      help: { type: 'boolean' },
    },
  });
  const { help = false, ...flags } = values;
  if (positionals.length > 1) throw new AdminError(`One command at a time: ${positionals.join(' ')} are several.`);
  return { command: positionals[0], flags, help };
}

try {
  const { command = '', flags, help } = readFlags();
  if (help) console.log(HELP);
  else {
    const run = Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined;
    if (run === undefined) throw new AdminError(`Name a command: ${Object.keys(COMMANDS).join(', ')}.\n\n${HELP}`);
    console.log(await run(flags));
  }
} catch (error) {
  // What AWS refused says so by its name; a stack trace helps an admin as little as it would a client.
  const name = error instanceof Error && !(error instanceof AdminError) ? `${error.name}: ` : '';
  console.error(name + (error instanceof Error ? error.message : String(error)));
  process.exitCode = 1;
}
