import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GIT_HISTORY_SH } from '../../src/actions/support/git-history.ts';
import { skip } from '../support/skip.ts';
import { runScript } from './support/run-script.ts';
import { shells } from './support/shells.ts';

const [shell] = shells();

describe('the history of a file in git', () => {
  let folder = '';
  const git = (words: readonly string[], input = ''): string =>
    execFileSync('git', ['-C', folder, '-c', 'user.name=a', '-c', 'user.email=a@b', ...words], {
      input,
      stdio: ['pipe', 'pipe', 'ignore'],
    })
      .toString()
      .trim();
  const ran = (): boolean => existsSync(join(folder, 'ran'));

  async function history(...words: readonly string[]): Promise<string> {
    assert.ok(shell);
    const text = `cd "$1" && shift && git_history "$@"`;
    const answer = await runScript({ summary: '', text: GIT_HISTORY_SH + text, args: [folder, ...words] }, shell);
    return answer.stdout.text.trim();
  }

  beforeEach(function () {
    folder = mkdtempSync(join(tmpdir(), 'runbook-git-'));
    try {
      git(['init', '-q']);
    } catch {
      skip(this, 'no git');
    }
    writeFileSync(join(folder, 'site.conf'), 'Listen 80\n');
    writeFileSync(join(folder, 'program'), `#!/bin/sh\ntouch '${folder}/ran'\nexit 1\n`, { mode: 0o755 });
    git(['add', 'site.conf']);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is read without the program that the repository names for signatures', async () => {
    const signed = [
      `tree ${git(['write-tree'])}`,
      'author a <a@b> 1700000000 +0000',
      'committer a <a@b> 1700000000 +0000',
      'gpgsig -----BEGIN PGP SIGNATURE-----',
      ' ',
      ' -----END PGP SIGNATURE-----',
      '',
      'signed\n',
    ];
    const commit = git(['hash-object', '-t', 'commit', '-w', '--stdin'], signed.join('\n'));
    git(['update-ref', 'HEAD', commit]);
    git(['config', 'log.showSignature', 'true']);
    git(['config', 'gpg.program', join(folder, 'program')]);
    git(['log', '-1']);
    assert.ok(ran(), 'git as such runs it');
    rmSync(join(folder, 'ran'));
    assert.equal(await history('log', '-n', '10', '--format=%H', '--', 'site.conf'), commit);
    assert.equal(ran(), false);
  });

  it('is read without fetching what is not there', async () => {
    git(['commit', '-q', '-m', 'first']);
    git(['config', 'extensions.partialClone', 'origin']);
    git(['config', 'core.repositoryFormatVersion', '1']);
    git(['config', 'remote.origin.url', 'ssh://elsewhere.example/repository']);
    git(['config', 'remote.origin.promisor', 'true']);
    git(['config', 'core.sshCommand', join(folder, 'program')]);
    git(['config', 'protocol.ssh.allow', 'always']);
    const missing = 'a'.repeat(40);
    assert.throws(() => git(['cat-file', 'blob', missing]));
    assert.ok(ran(), 'git as such runs it');
    rmSync(join(folder, 'ran'));
    assert.equal(await history('cat-file', 'blob', missing), '');
    assert.equal(ran(), false);
    assert.equal(await history('cat-file', 'blob', 'HEAD:site.conf'), 'Listen 80');
  });
});
