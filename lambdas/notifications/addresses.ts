import { isIP } from 'node:net';

import ipaddr from 'ipaddr.js';

/**
 * Where the Hub calls receivers, and where it does not: nothing that a partner enters may make it call machines that only
 * it can reach. Pure.
 */

/** What belongs to one network only, by the name alone: RFC 6761, RFC 6762, RFC 8375, ICANN's `internal`. */
const LOCAL_NAME = /(?:^|\.)(?:localhost|local|internal|intranet|lan|home|corp|home\.arpa|test|invalid|example|onion)$/;
/** Global unicast addresses are all in `2000::/3`: https://www.iana.org/assignments/ipv6-address-space */
const GLOBAL_UNICAST: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse('2000::'), 3];
/** Public by its number, and the metadata service of a cloud all the same. */
const METADATA = ['168.63.129.16'];

/** Whether an address is one of the public internet. @param address as a resolver or a URL gives it */
export function isPublicAddress(address: string): boolean {
  // The library also takes forms that leave numbers out, which not everybody reads alike.
  if (isIP(address) === 0) return false;
  // An IPv4 address that is written as IPv6 is that address.
  const parsed = ipaddr.process(address);
  if (parsed.range() !== 'unicast' || METADATA.includes(parsed.toString())) return false;
  return !(parsed instanceof ipaddr.IPv6) || parsed.match(GLOBAL_UNICAST);
}

/** What may be called beside the public internet. */
export interface Receivers {
  /** Addresses of this machine that may be called, by `http`, too. None in a deployment. */
  readonly local: readonly string[];
}

/** The host of a URL, without the brackets of an IPv6 address. */
export const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[(.*)\]$/, '$1');

/** The URL, when receivers can be there by what it says; the addresses of its name are another question. */
export function receiverUrl(text: string, { local }: Receivers): URL | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const host = hostOf(url);
  if (url.username !== '' || url.password !== '' || url.hash !== '') return undefined;
  if (local.includes(host)) return url.protocol === 'http:' || url.protocol === 'https:' ? url : undefined;
  if (url.protocol !== 'https:') return undefined;
  // The parser has written every form of an IPv4 address (decimal, octal, hexadecimal) as four numbers.
  if (isIP(host) !== 0) return isPublicAddress(host) ? url : undefined;
  const name = host.replace(/\.$/, '');
  return name.includes('.') && !LOCAL_NAME.test(name) ? url : undefined;
}
