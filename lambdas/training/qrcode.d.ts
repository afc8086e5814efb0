/** The part of the package that makes codes; the rest of it draws them, for which it needs files and a library of PNG. */
declare module 'qrcode/lib/core/qrcode.js' {
  import type { create } from 'qrcode';

  const core: { readonly create: typeof create };
  export default core;
}
