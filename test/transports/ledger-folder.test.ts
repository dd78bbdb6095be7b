import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LEDGER_SOURCE } from '../../src/transports/shell/ledger-source.ts';

describe('the folder of the ledger', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'runbook-ledger-'));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  /** What the host's shell says of a folder that is not there yet, with a mkdir of the test's own. */
  function say(mkdir: string): string {
    const ledger = join(directory, 'ledger');
    const text = `${LEDGER_SOURCE}\nrb_uid=$(id -u) rb_ledger=$1\nmkdir() { ${mkdir}; }\nrb_folder; echo $?`;
    return execFileSync('sh', ['-c', text, 'sh', ledger], { encoding: 'utf8' });
  }

  it('is fine when another connection makes it in the same moment', () => {
    assert.equal(say('command mkdir "$@" && false'), '0\n');
  });

  it('cannot be made where nothing can be written, and that is said', () => {
    assert.match(say('false'), /^unsafe can't be made: .* is read-only, full or missing\n1\n$/);
  });
});
