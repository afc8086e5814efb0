import { createHmac, createPublicKey, generateKeyPairSync, type JsonWebKey, type webcrypto } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { importPKCS8, SignJWT } from 'jose';

type Claims = Readonly<Record<string, unknown>>;

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Makes tokens that look like a good one, by every means an attacker has, and some that only the issuer has. */
export class Forge {
  readonly #issuerKey: webcrypto.CryptoKey;
  readonly publicJwk: JsonWebKey & { readonly kid: string };
  readonly #good: string;
  readonly #stranger = generateKeyPairSync('rsa', { modulusLength: 2048 });

  private constructor(issuerKey: webcrypto.CryptoKey, publicJwk: Forge['publicJwk'], good: string) {
    this.#issuerKey = issuerKey;
    this.publicJwk = publicJwk;
    this.#good = good;
  }

  /**
   * @param dataDir of a hub that keeps its issuer's key
   * @param good a token that this hub accepts
   */
  static async open(dataDir: string, good: string): Promise<Forge> {
    const kept = JSON.parse(readFileSync(join(dataDir, 'issuer-key.json'), 'utf8')) as {
      pkcs8: string;
      publicJwk: Forge['publicJwk'];
    };
    return new Forge(await importPKCS8(kept.pkcs8, 'RS256'), kept.publicJwk, good);
  }

  /** The parts of the good token. */
  get parts(): readonly [header: string, payload: string, signature: string] {
    const [header = '', payload = '', signature = ''] = this.#good.split('.');
    return [header, payload, signature];
  }

  /** Claims of the good token, some changed; `undefined` leaves one out. */
  claims(over: Claims = {}): Record<string, unknown> {
    return { ...(JSON.parse(Buffer.from(this.parts[1], 'base64url').toString()) as object), ...over };
  }

  #header(over: Claims): { alg: string } & Record<string, unknown> {
    return { alg: 'RS256', kid: this.publicJwk.kid, ...over };
  }

  /** Signed by the issuer's own key: whatever is wrong is what it says. */
  signed(over: Claims = {}, header: Claims = {}): Promise<string> {
    return new SignJWT(this.claims(over)).setProtectedHeader(this.#header(header)).sign(this.#issuerKey);
  }

  /** Signed by somebody else's key. */
  foreign(header: Claims = {}): Promise<string> {
    const crit = header['crit'] === undefined ? {} : { crit: { x: true } };
    return new SignJWT(this.claims()).setProtectedHeader(this.#header(header)).sign(this.#stranger.privateKey, crit);
  }

  get strangerJwk(): JsonWebKey {
    return this.#stranger.publicKey.export({ format: 'jwk' });
  }

  get publicPem(): string {
    return String(createPublicKey({ key: this.publicJwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' }));
  }

  /** Without a signature, or with one that means nothing. */
  unsigned(header: Claims, signature = ''): string {
    return `${encode(this.#header(header))}.${encode(this.claims())}.${signature}`;
  }

  /** HMAC with something public as the secret: the classic confusion of algorithms. */
  hmac(secret: string, header: Claims = {}): string {
    const input = `${encode(this.#header({ alg: 'HS256', ...header }))}.${encode(this.claims())}`;
    return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
  }
}

export { encode };
