import { installMinistack, NotInstalled } from './ministack.ts';

/** `npm run emulator`: has the emulator for `npm run test:deploy` installed, or says why it cannot be. */
try {
  installMinistack();
} catch (error) {
  if (!(error instanceof NotInstalled)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
