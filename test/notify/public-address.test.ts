import assert from 'node:assert/strict';
import { isPublic, isWithin } from '../../src/notify/public-address.ts';

const PUBLIC = [
  ...['8.8.8.8', '1.1.1.1', '100.63.255.255', '100.128.0.0', '172.15.255.255', '172.32.0.1', '192.167.1.1'],
  ...['198.17.255.255', '198.20.0.0', '223.255.255.255', '128.0.0.1', '9.255.255.255', '11.0.0.0', '168.63.129.15'],
  ...['2606:4700:4700::1111', '2a00:1450:4001:82a::2004', '2001:4860:4860::8888', '2400:cb00::1', '3ffe::1'],
];

/** Each of them would be somewhere else than on the internet. */
const NOT_PUBLIC = [
  // this host, loopback
  ...['0.0.0.0', '0.1.2.3', '127.0.0.1', '127.255.255.254', '::', '::1'],
  // private
  ...['10.0.0.0', '10.255.255.255', '172.16.0.1', '172.31.255.255', '192.168.0.1', '192.168.255.255'],
  ...['fc00::1', 'fd00::1', 'fdff:ffff::1'],
  // shared by carriers
  ...['100.64.0.1', '100.127.255.255'],
  // of the link
  ...['169.254.0.1', '169.254.255.255', 'fe80::1', 'fe80::1%eth0', 'febf::1', 'fec0::1'],
  // metadata of clouds
  ...['169.254.169.254', '169.254.170.2', 'fd00:ec2::254', '100.100.100.200', '192.0.0.192', '168.63.129.16'],
  ...['fd20:ce::254', 'fe80::a9fe:a9fe'],
  // groups, broadcast, reserved
  ...['224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.255', 'ff02::1', 'ff0e::1'],
  // for documentation, benchmarks, protocols
  ...['192.0.2.1', '198.51.100.1', '203.0.113.1', '198.18.0.1', '198.19.255.255', '192.88.99.1', '192.0.0.8'],
  ...['2001:db8::1', '3fff::1', '100::1', '5f00::1', '2001:2::1', '2001:10::1', '2001:20::1'],
  // hold an IPv4 address: mapped, compatible, NAT64, 6to4, Teredo, ISATAP on the link
  ...['::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:8.8.8.8', '::ffff:10.0.0.1', '::127.0.0.1', '::ffff:0:127.0.0.1'],
  ...['64:ff9b::7f00:1', '64:ff9b::8.8.8.8', '64:ff9b:1::a00:1', '2002:7f00:1::', '2002:a9fe:a9fe::1'],
  ...['2001:0:4136:e378:8000:63bf:3fff:fdd2', 'fe80::5efe:10.0.0.1'],
  // no address
  ...[
    '',
    'localhost',
    '127.1',
    '2130706433',
    '0x7f000001',
    '0177.0.0.1',
    '1.2.3.4.5',
    '8.8.8.8 ',
    ' 8.8.8.8',
    '8.8.8.8/8',
  ],
  ...['::ffff:999.0.0.1', '2606:4700::1::2', '[2606:4700::1]', '2606:4700:4700::1111%'],
];

describe('isPublic', () => {
  for (const address of PUBLIC) it(`takes ${address}`, () => assert.equal(isPublic(address), true));
  for (const address of NOT_PUBLIC)
    it(`does not take ${JSON.stringify(address)}`, () => assert.equal(isPublic(address), false));
});

describe('isWithin', () => {
  const CASES: readonly (readonly [address: string, networks: readonly string[], is: boolean])[] = [
    ['10.1.2.3', ['10.0.0.0/8'], true],
    ['10.1.2.3', ['10.1.2.3'], true],
    ['10.1.2.4', ['10.1.2.3'], false],
    ['11.0.0.0', ['10.0.0.0/8'], false],
    ['fd00::5', ['192.168.0.0/16', 'fd00::/8'], true],
    ['fd00::5', ['10.0.0.0/8'], false],
    ['::1', ['127.0.0.0/8'], false],
    ['10.1.2.3', [], false],
    ['', ['0.0.0.0/0'], false],
    ['localhost', ['127.0.0.0/8'], false],
    ['169.254.169.254', ['0.0.0.0/0'], true],
  ];
  for (const [address, networks, is] of CASES) {
    it(`${is ? 'finds' : 'does not find'} ${JSON.stringify(address)} in ${networks.join(' ') || 'nothing'}`, () => {
      assert.equal(isWithin(address, networks), is);
    });
  }
});
