import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprint } from '../../src/transports/ssh/host-key-blob.ts';
import { keyAlgorithms, whyUnaskable } from '../../src/transports/ssh/host-key.ts';
import { joined } from '../../src/transports/ssh/public-key.ts';
import { hashed } from './known-hosts-cases.ts';
import { blobOf, expectWords, HostKeyRig, key, keyLine, needsKeygen, other, paste, shown } from './ssh-host-key-rig.ts';

describe('the words for the key of an SSH host', () => {
  const rig = new HostKeyRig();

  describe('of an unknown host', () => {
    it('name its fingerprint, the file, the name it would have there, and a command', () => {
      expectWords(
        rig.refused('', { port: 2222 }),
        'host-key-unknown',
        `its ssh-ed25519 key ${fingerprint(key)} is not in ${rig.file}, where it would be [web01]:2222`,
        `ssh-keyscan -t ed25519 -p 2222 web01 >>${rig.file}`,
      );
      expectWords(rig.refused('', { hashNames: true }), 'host-key-unknown', `ssh-keyscan -H -t ed25519 web01 >>`);
    });

    it('have a command that works where ssh-keyscan does not get: behind other hosts, and under an alias', () => {
      const given = { isDirect: false, port: 2222, userFiles: [join(rig.folder, 'a b', "it's")] };
      paste(rig.refused(undefined, given));
      assert.deepEqual(rig.judged(undefined, given), { ok: true, value: {} });
      const aliased = { alias: 'The Web', port: 2222 };
      expectWords(rig.refused('', { ...aliased, alias: 'WEB' }), 'host-key-unknown', 'where it would be web');
      paste(rig.refused('', { ...aliased, alias: 'WEB' }));
      assert.deepEqual(rig.judged(undefined, { ...aliased, alias: 'WEB' }), { ok: true, value: {} });
    });

    it('say what the line without a port has, and which lines were skipped', () => {
      const text = `web01 ${other}\n[web01]:2222 ssh-ed25519 nonsense\n`;
      expectWords(
        rig.refused(text, { port: 2222 }),
        'host-key-unknown',
        `without the port, ssh-ed25519 ${fingerprint(blobOf(other))} (${rig.file}:1) is known`,
        `skipped: ${rig.file}:2: the key is not one of type ssh-ed25519`,
      );
    });

    it('do not write a key where nothing is kept', () => {
      const error = rig.refused('', { userFiles: ['/dev/null'], globalFiles: ['/dev/null'] });
      expectWords(error, 'host-key-unknown', 'is not in /dev/null', 'UserKnownHostsFile is /dev/null', 'name a file');
      assert.ok(!error.message.includes('/dev/null or'), error.message);
      assert.ok(!error.hint?.includes('>>/dev/null'), error.hint);
      const second = rig.refused('', { userFiles: ['/dev/null', rig.file] });
      expectWords(second, 'host-key-unknown', `>>${rig.file}`);
      assert.ok(!second.hint?.includes('UserKnownHostsFile'), second.hint);
    });

    it('say that StrictHostKeyChecking=no is not followed, and what to write', () => {
      const error = rig.refused('', { askedFor: 'no' });
      expectWords(
        error,
        'host-key-unknown',
        'StrictHostKeyChecking=no is not followed: write accept-new',
        `>>${rig.file}`,
      );
      assert.equal(rig.refused('', { askedFor: 'off' }).hint?.includes('StrictHostKeyChecking=off'), true);
      assert.equal(rig.refused('').hint?.includes('Strict'), false);
    });
  });

  describe('of a changed key', () => {
    it('name both fingerprints and the line, and have a command that forgets it', function () {
      needsKeygen(this);
      const error = rig.refused(`# one\n[web01]:2222 ${other}\n`, { port: 2222 });
      expectWords(error, 'host-key-changed', fingerprint(key), fingerprint(blobOf(other)), `${rig.file}:2`);
      paste(error);
      expectWords(rig.refused(undefined, { port: 2222 }), 'host-key-unknown');
    });

    it('have a command that works for a hashed name, an alias, and a file with blanks in its name', function () {
      needsKeygen(this);
      rig.file = join(rig.folder, "known hosts, mine's");
      paste(rig.refused(`${hashed('the-web')} ${other}\n`, { alias: 'The-Web' }));
      expectWords(rig.refused(undefined, { alias: 'The-Web' }), 'host-key-unknown');
    });

    it('do not let one host forget a line that is for many', () => {
      const error = rig.refused(`web* ${other}\n`);
      expectWords(error, 'host-key-changed', `correct ${rig.file}:1, which is for all of web*`);
      assert.doesNotMatch(error.hint ?? '', /ssh-keygen/);
    });

    it('say when only another kind is known, which counts as changed, as in ssh', () => {
      const rsa = keyLine('rsa');
      expectWords(
        rig.refused(`web01 ${rsa}\n`, { unknown: 'add' }),
        'host-key-changed',
        `only another kind is known: ssh-rsa ${fingerprint(blobOf(rsa))} (${rig.file}:1)`,
        'ssh-keyscan -t ed25519 web01',
      );
      assert.equal(readFileSync(rig.file, 'utf8'), `web01 ${rsa}\n`);
    });
  });

  describe('of a revoked key', () => {
    it('name the line, even where the name alone without the port revokes it', () => {
      const text = `@revoked web01 ${shown}\n`;
      expectWords(rig.refused(text, { port: 2222, unknown: 'add' }), 'host-key-revoked', `${rig.file}:1`);
      assert.equal(readFileSync(rig.file, 'utf8'), text);
    });

    it('name the file of RevokedHostKeys, be it keys or a list of ssh-keygen, with its verdict', function () {
      needsKeygen(this);
      const revokedFile = join(rig.folder, 'revoked');
      writeFileSync(join(rig.folder, 'key.pub'), `${shown}\n`);
      const verdictOn = (): string => {
        const { status } = spawnSync('ssh-keygen', ['-Q', '-f', revokedFile, join(rig.folder, 'key.pub')]);
        const verdict = rig.judged(`web01 ${shown}\n`, { revokedFile });
        assert.equal(verdict.ok, status === 0, readFileSync(revokedFile, 'latin1'));
        return verdict.ok ? 'believed' : verdict.error.code;
      };
      const lists: readonly (readonly [string, string])[] = [
        [`${shown}\n`, 'host-key-revoked'],
        [`${other}\n`, 'believed'],
        [`serial: 1\n`, 'believed'],
        [`sha1: ${shown}\n`, 'host-key-revoked'],
        [`sha1: ${other}\n`, 'believed'],
        [`sha256: ${shown}\nsha256: ${other}\nkey: ${other}\n`, 'host-key-revoked'],
      ];
      const ca = join(rig.folder, 'key.pub');
      for (const [text, expected] of lists) {
        const spec = join(rig.folder, 'spec');
        writeFileSync(spec, text);
        execFileSync('ssh-keygen', ['-q', '-k', '-f', revokedFile, '-s', ca, spec]);
        assert.equal(verdictOn(), expected, text);
        if (text !== 'serial: 1\n') {
          writeFileSync(revokedFile, readFileSync(revokedFile).subarray(0, -3));
          assert.equal(verdictOn(), 'host-key-unverifiable', `${text} cut short`);
        }
      }
      writeFileSync(revokedFile, `# ours\n\n  ${other}\n\t${shown} web01\n`);
      assert.equal(verdictOn(), 'host-key-revoked');
      writeFileSync(revokedFile, `web01 ${shown}\n`);
      assert.equal(verdictOn(), 'host-key-unverifiable');
      expectWords(
        rig.refused(undefined, { revokedFile: join(rig.folder, 'none') }),
        'host-key-unverifiable',
        'ENOENT',
        'RevokedHostKeys',
      );
    });
  });

  describe('of a key that only the program ssh can check', () => {
    const sk = joined(Buffer.from('sk-ssh-ed25519@openssh.com'), randomBytes(32), Buffer.from('ssh:'));
    const skLine = (): string => `sk-ssh-ed25519@openssh.com ${sk.toString('base64')}`;

    it('name the line of the authority, or of the key on a token, and the way out', () => {
      for (const text of [`@cert-authority *01 ${other}\n`, `@cert-authority web01 ${other}\nweb01 ${other}\n`])
        expectWords(
          rig.refused(text, { unknown: 'add' }),
          'host-key-unverifiable',
          `certificate authority (${rig.file}:1)`,
          'ansible_connection=openssh',
          'ssh-keyscan -t ed25519 web01',
        );
      expectWords(
        rig.refused(`web01 ${skLine()}\n`, { unknown: 'add' }),
        'host-key-unverifiable',
        `of kind sk-ssh-ed25519@openssh.com (${rig.file}:1)`,
      );
    });

    it('are not said when ssh would have asked for the key that was shown first', () => {
      expectWords(rig.refused(`web01 ${other}\nweb01 ${skLine()}\n`), 'host-key-changed', `${rig.file}:1`);
      const plainOnly = { hostKeyAlgorithms: ['ssh-ed25519', 'rsa-sha2-512'] };
      expectWords(rig.refused(`@cert-authority web01 ${other}\n`, plainOnly), 'host-key-unknown');
      assert.deepEqual(rig.judged(`@cert-authority * ${other}\nweb01 ${shown}\n`), { ok: true, value: {} });
    });

    it('come before anybody is asked when nothing else is allowed', () => {
      const only = ['ssh-ed25519-cert-v01@openssh.com', 'sk-ssh-ed25519@openssh.com'];
      const error = whyUnaskable(rig.keys({ hostKeyAlgorithms: only }));
      assert.equal(error?.code, 'host-key-unverifiable');
      assert.equal(whyUnaskable(rig.keys()), undefined);
    });
  });

  describe('with CheckHostIP', () => {
    const check = { checkAddress: true, from: '192.0.2.7' };

    it('refuse a key that is another one for the address', () => {
      const text = `web01 ${shown}\n192.0.2.7 ${other}\n`;
      expectWords(rig.refused(text, check), 'host-key-changed', 'for its address 192.0.2.7', `${rig.file}:2`);
      assert.deepEqual(rig.judged(text), { ok: true, value: {} });
      assert.deepEqual(rig.judged(text, { ...check, from: '127.0.0.1' }), { ok: true, value: {} });
      assert.deepEqual(rig.judged(text, { ...check, isDirect: false }), { ok: true, value: {} });
    });

    it('add the address with the name', () => {
      rig.learned({ ...check, unknown: 'add', port: 2222 });
      assert.equal(readFileSync(rig.file, 'utf8'), `[web01]:2222,[192.0.2.7]:2222 ${shown}\n`);
    });
  });

  it('ask first for what is known under the name and the port, in the order of ssh', () => {
    const orders: readonly (readonly [string, readonly string[]])[] = [
      ['', ['ssh-ed25519', 'ecdsa-sha2-nistp256']],
      [`web01 ${keyLine('rsa')}\n`, ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-ed25519']],
      [`web01 ${keyLine('ecdsa')}\nweb01 ${keyLine('rsa')}\n`, ['ecdsa-sha2-nistp256', 'rsa-sha2-512', 'rsa-sha2-256']],
      [`web01 ${keyLine('rsa')}\nweb01 ${other}\n`, ['ssh-ed25519', 'ecdsa-sha2-nistp256']],
      [`web02 ${keyLine('rsa')}\n`, ['ssh-ed25519', 'ecdsa-sha2-nistp256']],
    ];
    for (const [text, first] of orders) {
      writeFileSync(rig.file, text);
      assert.deepEqual(keyAlgorithms(rig.keys()).slice(0, first.length), first);
    }
    const rsa = keyLine('rsa');
    writeFileSync(rig.file, `web01 ${rsa}\n@revoked * ${rsa}\n`);
    assert.equal(keyAlgorithms(rig.keys())[0], 'ssh-ed25519');
  });
});
