import { describe, expect, test } from 'vitest';

import { isPublicAddress, receiverUrl } from '../../lambdas/notifications/addresses.ts';

/** Where the Hub calls partners' systems, and where it does not. */

const NOWHERE = { local: [] };
const HERE = { local: ['127.0.0.1'] };

describe('an address', () => {
  test.each([
    '93.184.216.34',
    '8.8.8.8',
    '172.15.0.1',
    '172.32.0.1',
    '2606:2800:220:1:248:1893:25c8:1946',
    '::ffff:8.8.8.8',
  ])('%s is of the public internet', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  test.each([
    ...[
      '0.0.0.0',
      '0.1.2.3',
      '10.0.0.1',
      '10.255.255.255',
      '100.64.0.1',
      '100.127.255.254',
      '127.0.0.1',
      '127.255.0.1',
    ],
    ...['169.254.0.1', '169.254.169.254', '172.16.0.1', '172.31.255.255', '192.0.0.1', '192.0.0.192', '192.0.2.1'],
    ...['192.88.99.1', '192.168.1.1', '198.18.0.1', '198.51.100.1', '203.0.113.1', '224.0.0.1', '239.1.1.1'],
    ...['240.0.0.1', '255.255.255.255', '168.63.129.16', '100.100.100.200'],
  ])('%s is not', (address) => {
    expect(isPublicAddress(address)).toBe(false);
    expect(isPublicAddress(`::ffff:${address}`)).toBe(false);
  });

  test.each([
    ...['::', '::1', '::127.0.0.1', '::ffff:0:127.0.0.1', '64:ff9b::7f00:1', '64:ff9b:1::1', '100::1', '2001::1'],
    ...['2001:db8::1', '2002:7f00:1::1', 'fc00::1', 'fd00:ec2::254', 'fe80::1', 'fe80::1%eth0', 'fec0::1', 'ff02::1'],
    ...['4000::1', '', 'localhost', '127.1', '1.2.3', '1.2.3.4.5', '::ffff:7f00:1'],
  ])('“%s” is not', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});

describe('a receiver', () => {
  test.each([
    'https://hooks.hospital.by/',
    'https://hooks.hospital.by:8443/in?from=hub',
    'https://больница.бел/',
    'https://93.184.216.34/',
    'https://[2606:2800:220:1:248:1893:25c8:1946]/',
  ])('can be %s', (url) => {
    expect(receiverUrl(url, NOWHERE)?.href).toBe(new URL(url).href);
  });

  test.each([
    ...[
      'http://hooks.hospital.by/',
      'ftp://hooks.hospital.by/',
      'file:///etc/passwd',
      'hooks.hospital.by',
      '',
      '//x.by',
    ],
    ...['https://user@hooks.hospital.by/', 'https://user:word@hooks.hospital.by/', 'https://hooks.hospital.by/#x'],
    // The same machine in many ways.
    ...['https://127.0.0.1/', 'https://127.1/', 'https://2130706433/', 'https://0x7f.1/', 'https://0x7f000001/'],
    ...['https://017700000001/', 'https://0177.0.0.1/', 'https://①②⑦.0.0.1/', 'https://127.0.0.1./', 'https://[::1]/'],
    ...['https://[::ffff:127.0.0.1]/', 'https://[::ffff:7f00:1]/', 'https://[0:0:0:0:0:0:0:1]/', 'https://0/'],
    ...[
      'https://169.254.169.254/',
      'https://[fd00:ec2::254]/',
      'https://0251.0376.0251.0376/',
      'https://[64:ff9b::a9fe:a9fe]/',
    ],
    ...['https://localhost/', 'https://LOCALHOST/', 'https://localhost./', 'https://x.localhost/', 'https://hub/'],
    ...['https://metadata.google.internal/', 'https://printer.local/', 'https://router.lan/', 'https://nas.home.arpa/'],
  ])('cannot be %s', (url) => {
    expect(receiverUrl(url, NOWHERE)).toBeUndefined();
  });

  test('can be on this machine where that is allowed, and on no other private one', () => {
    expect(receiverUrl('http://127.0.0.1:8080/in', HERE)).toBeDefined();
    for (const url of ['http://127.0.0.2/', 'http://localhost/', 'http://10.0.0.1/', 'http://hooks.hospital.by/']) {
      expect(receiverUrl(url, HERE)).toBeUndefined();
    }
  });
});
