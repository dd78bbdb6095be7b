import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { nameOf, parseKnownHosts, speaksOf } from '../../src/transports/ssh/known-hosts.ts';
import { skip } from '../support/skip.ts';
import { newKey } from './ssh-server.ts';

const hash = (name: string): string => {
  const salt = randomBytes(20);
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
};
const key = newKey().public.split(' ').slice(0, 2).join(' ');

describe('a known_hosts file', () => {
  it('is read past lines that are malformed, which are named', () => {
    const text = `# comment\n\nweb01 ${key}\nweb02\nweb03 ssh-rsa ${key.split(' ')[1]}\n@strange web04 ${key}\n|1|x|y ${key}\n@revoked * ${key} why`;
    const { entries, warnings } = parseKnownHosts('file', text);
    assert.deepEqual(
      entries.map(({ line, hosts, marker }) => [line, hosts, marker]),
      [
        [3, 'web01', undefined],
        [8, '*', 'revoked'],
      ],
    );
    assert.deepEqual(
      warnings.map((warning) => warning.split(': ')[0]),
      ['file:4', 'file:5', 'file:6', 'file:7'],
    );
  });

  it('never throws, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        for (const { hosts } of parseKnownHosts('f', `${text}\n${text} ${key}`).entries) speaksOf(hosts, 'web01');
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
      [hash('web01'), 'web01', true],
      [hash('web01'), 'web02', false],
    ];
    for (const [hosts, name, expected] of cases) assert.equal(speaksOf(hosts, name), expected, `${hosts} ${name}`);
  });

  it('matches hosts exactly as OpenSSH does', function () {
    this.timeout(60_000);
    if (spawnSync('ssh-keygen', ['-?']).error !== undefined) skip(this, 'there is no ssh-keygen here');
    const folder = mkdtempSync(join(tmpdir(), 'runbook-known-'));
    const file = join(folder, 'known_hosts');
    const part = fc.stringMatching(/^[abAB.*?-]{1,5}$/);
    const pattern = fc.tuple(fc.constantFrom('', '', '!'), part).map(([not, text]) => not + text);
    const hosts = fc.oneof(
      fc.array(pattern, { minLength: 1, maxLength: 3 }).map((words) => words.join(',')),
      fc.stringMatching(/^[ab.-]{1,4}$/).map((name) => `[${name}]:2222`),
      fc.stringMatching(/^[ab.]{1,3}$/).map(hash),
    );
    const name = fc
      .tuple(fc.stringMatching(/^[abA.]{1,4}$/), fc.constantFrom(22, 2222))
      .map(([text, port]) => nameOf(text, port));
    try {
      fc.assert(
        fc.property(hosts, name, (line, wanted) => {
          writeFileSync(file, `${line} ${key}\n`);
          const oracle = spawnSync('ssh-keygen', ['-F', wanted, '-f', file], { encoding: 'utf8' });
          const ours = parseKnownHosts(file, `${line} ${key}\n`).entries.some((entry) => speaksOf(entry.hosts, wanted));
          assert.equal(ours, oracle.status === 0, `${line} / ${wanted}`);
        }),
        { numRuns: 400 },
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
