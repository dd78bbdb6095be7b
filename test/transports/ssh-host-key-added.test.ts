import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expectWords, HostKeyRig, key, needsKeygen, other, shown } from './ssh-host-key-rig.ts';

describe('unknown SSH host keys that are to be added', () => {
  const rig = new HostKeyRig();
  const add = { unknown: 'add' } as const;

  it('are said once, and are in a file and a folder for their owner alone', () => {
    rig.file = join(rig.folder, 'new', '.ssh', 'known_hosts');
    assert.match(rig.learned({ ...add, port: 2222 }) ?? '', /was unknown: its ssh-ed25519 key SHA256:\S+ is now in /);
    assert.equal(readFileSync(rig.file, 'utf8'), `[web01]:2222 ${shown}\n`);
    assert.equal(statSync(rig.file).mode & 0o777, 0o600);
    assert.equal(statSync(join(rig.folder, 'new', '.ssh')).mode & 0o777, 0o700);
    assert.equal(rig.learned({ ...add, port: 2222 }), undefined);
  });

  it('end a last line that was not ended', () => {
    writeFileSync(rig.file, `web02 ${other}`);
    rig.learned(add);
    assert.equal(readFileSync(rig.file, 'utf8'), `web02 ${other}\nweb01 ${shown}\n`);
    assert.equal(rig.learned(add), undefined);
  });

  it('have hashed names when asked, so that ssh finds them', function () {
    needsKeygen(this);
    rig.learned({ ...add, hashNames: true, port: 2222 });
    assert.match(readFileSync(rig.file, 'utf8'), /^\|1\|\S{28}\|\S{28} ssh-ed25519 \S+\n$/);
    assert.equal(spawnSync('ssh-keygen', ['-F', '[web01]:2222', '-f', rig.file]).status, 0);
  });

  it('are believed when the file cannot be written, as by ssh, which is said', () => {
    assert.match(rig.learned({ ...add, userFiles: [rig.folder] }) ?? '', /could not be added to .*EISDIR/);
    assert.equal(rig.learned({ ...add, userFiles: ['/dev/null'] })?.includes('/dev/null'), true);
  });

  it('are never written for a name that would mean others', () => {
    for (const alias of ['*', '!web01', 'web01,web02', '@revoked', '#1', 'a b'])
      assert.match(rig.learned({ ...add, alias }) ?? '', /could not be added/);
    assert.equal(existsSync(rig.file), false);
  });

  it('are refused where there is no file of the user', () => {
    expectWords(rig.refused(undefined, { ...add, userFiles: [], globalFiles: [rig.file] }), 'host-key-unknown');
    assert.equal(existsSync(rig.file), false);
  });

  it('are all there when many programs write at once', async () => {
    const source = `
        import { addKnownHost } from '${import.meta.resolve('../../src/transports/ssh/known-hosts-add.ts')}';
        const [file, name, key] = process.argv.slice(1);
        for (let at = 0; at < 100; at += 1) addKnownHost(file, [name + at], Buffer.from(key, 'base64'), false);`;
    const writers = ['a', 'b', 'c'].map((name) => {
      const child = spawn(process.execPath, [
        '--input-type=module',
        '-e',
        source,
        rig.file,
        name,
        key.toString('base64'),
      ]);
      return once(child, 'close');
    });
    for (const [status] of await Promise.all(writers)) assert.equal(status, 0);
    const lines = readFileSync(rig.file, 'utf8').trimEnd().split('\n');
    const expected = ['a', 'b', 'c'].flatMap((name) => Array.from({ length: 100 }, (_, at) => `${name}${at} ${shown}`));
    assert.deepEqual(lines.toSorted(), expected.toSorted());
  });
});
