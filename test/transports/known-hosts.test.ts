import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { KnownHosts, nameOf } from '../../src/transports/ssh/known-hosts.ts';
import { newKey } from './ssh-server.ts';
import { inTime } from '../support/in-time.ts';

const hash = (name: string): string => {
  const salt = randomBytes(20);
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name, 'latin1').digest('base64')}`;
};
const key = newKey().public.split(' ').slice(0, 2).join(' ');

const linesAbout = (name: string, text: string): number[] =>
  new KnownHosts('file', text).about(name).entries.map(({ line }) => line);

describe('a known_hosts file', () => {
  it('is read past lines that are malformed, which are named to whom they are about', () => {
    const blob = key.split(' ')[1];
    const lines = [
      '# comment',
      '',
      `web01 ${key}`,
      'web01',
      `web01 ssh-rsa ${blob}`,
      `@strange web01 ${key}`,
      `|1|x|y ${key}`,
      `@revoked * ${key} why`,
      `other ssh-rsa ${blob}`,
      `web01 1024 35 1234567`,
      `web01 ssh-ed448 ${blob}`,
    ];
    const { entries, skipped } = new KnownHosts('file', lines.join('\n')).about('web01');
    assert.deepEqual(
      entries.map(({ line, hosts, marker }) => [line, hosts, marker]),
      [
        [3, 'web01', undefined],
        [8, '*', 'revoked'],
      ],
    );
    assert.deepEqual(skipped, [
      'file:4: it has no key',
      'file:5: the key is not one of type ssh-rsa',
      'file:10: it has a key of protocol 1',
      'file:11: OpenSSH knows no key type ssh-ed448',
    ]);
  });

  it('ends at a NUL as it does for ssh: the line, but of the hosts only their end', () => {
    assert.deepEqual(
      linesAbout('web01', `web01\0 ${key}\nweb\x0001 ${key}\nweb01 ${key}\0x\n\0web01 ${key}\n`),
      [1, 3],
    );
    assert.deepEqual(linesAbout('web01', `web01\0${key}\nweb01 \0${key}\n`), [1]);
  });

  it('never throws, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        new KnownHosts('f', `${text}\n${text} ${key}\n${text}`).about('web01');
      }),
    );
  });

  it('speaks of a host by name, pattern, port and hash, and not when it is taken out', () => {
    const cases: readonly (readonly [string, string, boolean])[] = [
      ['web01', 'web01', true],
      ['WEB01', 'web01', true],
      ['web01,10.0.0.1', '10.0.0.1', true],
      ['*.example.org,!bad.example.org', 'good.example.org', true],
      ['*.example.org,!bad.example.org', 'bad.example.org', false],
      ['!bad.example.org', 'good.example.org', false],
      ['web?1', 'web01', true],
      ['web?1', 'web1', false],
      ['[web01]:2222', '[web01]:2222', true],
      ['[web01]:2222', 'web01', false],
      ['[*]:2222', '[web01]:2222', true],
      ['x?b', nameOf('x\u00e4b'), false],
      ['x??b', nameOf('x\u00e4b'), true],
      [`web01,${'x'.repeat(1023)}`, 'web01', false],
      [`web01,${'x'.repeat(1022)}`, 'web01', true],
      [hash('web01'), 'web01', true],
      [hash('web01'), 'web02', false],
      [hash('WEB01'), 'web01', false],
      [hash('w'.repeat(55)), 'w'.repeat(55), true],
      [hash('w'.repeat(56)), 'w'.repeat(56), true],
      [hash('w'.repeat(200)), 'w'.repeat(200), true],
      [hash(''), '', true],
    ];
    for (const [hosts, name, expected] of cases)
      assert.deepEqual(linesAbout(name, `${hosts} ${key}\n`), expected ? [1] : [], `${hosts} ${name}`);
  });

  it('finds hashed names by the same HMAC as everybody', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 70 }), { maxLength: 5 }), (names) => {
        const text = names.map((name) => `${hash(nameOf(name))} ${key}\n`).join('');
        for (const name of names) {
          const same = names.flatMap((other, at) => (nameOf(other) === nameOf(name) ? [at + 1] : []));
          assert.deepEqual(linesAbout(nameOf(name), text), same);
        }
      }),
    );
  });

  it('answers for 100 hosts from 5000 hashed lines, and from 100 000 others, without a stall', function () {
    this.timeout(20_000);
    const names = Array.from({ length: 100 }, (_, at) => `web${at}.example.org`);
    const hashedLines = Array.from({ length: 5000 }, (_, at) => `${hash(`web${at}.example.org`)} ${key}\n`);
    const others = Array.from({ length: 100_000 }, (_, at) => `host${at}.example.org,10.1.${at} ${key}\n`);
    const started = performance.now();
    const hosts = [new KnownHosts('hashed', hashedLines.join('')), new KnownHosts('others', others.join(''))];
    const found = names.flatMap((name) => hosts.flatMap((one) => one.about(name).entries.map(({ line }) => line)));
    const ms = performance.now() - started;
    assert.deepEqual(
      found,
      names.map((_, at) => at + 1),
    );
    // 0.4 s where node:crypto alone would take 17 s; this machine may be busy.
    assert.ok(ms < inTime(4000), `${ms} ms`);
  });
});
