import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fingerprint } from '../../src/transports/ssh/host-key-blob.ts';
import { KnownHosts, nameOf } from '../../src/transports/ssh/known-hosts.ts';
import { mapLimited } from '../../src/util/map-limited.ts';
import { Random } from '../support/random.ts';
import { skip } from '../support/skip.ts';
import { ASKED, someKeys, someLine } from './known-hosts-cases.ts';

const FILES = 10;
const LINES = 100;
const SEED = Number(process.env['KNOWN_HOSTS_SEED'] ?? 4);

describe('what is known of a host', () => {
  const folder = mkdtempSync(join(tmpdir(), 'runbook-keygen-'));
  after(() => rmSync(folder, { recursive: true }));

  it(`is what ssh-keygen -F finds, in ${FILES * LINES * ASKED.length} generated cases of a line and a name`, async function () {
    this.timeout(60_000);
    if (spawnSync('ssh-keygen', ['-?']).error !== undefined) skip(this, 'there is no ssh-keygen here');
    const random = new Random(SEED);
    const keys = someKeys();
    const files = Array.from({ length: FILES }, (_, index) => {
      const file = join(folder, `known_hosts${index}`);
      const lines = Array.from({ length: LINES }, () => someLine(random, keys));
      const text = lines.join('\n') + (index % 2 === 0 ? '\n' : '\nother.example.org x y');
      writeFileSync(file, text, 'latin1');
      return { file, lines, known: new KnownHosts(file, text) };
    });
    const cases = files.flatMap((one) => ASKED.map((asked) => ({ ...one, name: nameOf(asked.address, asked.port) })));
    let found = 0;
    await mapLimited(cases, 2, async ({ file, lines, known, name }) => {
      const { entries, skipped } = known.about(name);
      const ours = entries.map(({ line, marker, key }) => `${line} ${WORDS[marker ?? 'none']} ${fingerprint(key)}`);
      const read = await keygen('-l', '-F', name, file);
      const theirs = [...read.matchAll(/found: line (\d+) (\w*)\n.* (SHA256:\S+)/g)].map(
        ([, line, marker, print]) => `${line} ${marker} ${print}`,
      );
      assert.deepEqual(ours, theirs, `${name}\n${differing(lines, ours, theirs)}`);
      // Without -l the key is not read: whom a line is about is all that counts.
      const about = new Set([
        ...entries.map(({ line }) => line),
        ...skipped.map((text) => Number(/:(\d+): /.exec(text)?.[1])),
      ]);
      const named = await keygen('-F', name, file);
      for (const [, line] of named.matchAll(/found: line (\d+)/g))
        assert.ok(about.has(Number(line)), `${name} ${line}`);
      found += ours.length;
    });
    assert.ok(found > 500, `only ${found} lines were found: the cases show nothing`);
  });
});

const WORDS = { none: '', revoked: 'REVOKED', 'cert-authority': 'CA' } as const;

/** The lines that only one side finds. */
function differing(lines: readonly string[], ours: readonly string[], theirs: readonly string[]): string {
  const only = [...ours.filter((one) => !theirs.includes(one)), ...theirs.filter((one) => !ours.includes(one))];
  return only.map((one) => `${one}: ${JSON.stringify(lines[Number(one.split(' ')[0]) - 1])}`).join('\n');
}

function keygen(...args: readonly string[]): Promise<string> {
  const file = args.at(-1) as string;
  const rest = args.slice(0, -1).map((arg) => Buffer.from(arg, 'latin1').toString());
  return new Promise((resolve) => {
    execFile('ssh-keygen', [...rest, '-f', file], { encoding: 'latin1' }, (_, stdout) => resolve(stdout));
  });
}
