import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { NearHost } from '../../src/model/host.ts';
import { createLocalTransport } from '../../src/transports/local.ts';
import { Secret } from '../../src/util/secret.ts';
import { NEVER, script } from '../conformance/transport.ts';
import { nearHost } from '../support/hosts.ts';

/** Asks as sudo does, notes what it was started with, and takes one password. */
const SUDO = `#!/bin/sh
echo "$*" >>"$RB_FOLDER/started"
while [ "$1" != -p ]; do shift; done
prompt=$(printf %s "$2" | sed 's/%%/%/')
while [ "$1" != /bin/sh ]; do shift; done
echo 'lecture' >&2
for try in 1 2 3; do
  printf %s "$prompt" >&2
  read -r word || exit 1
  echo "$word" >>"$RB_FOLDER/words"
  [ "$word" != right ] || exec "$@"
  echo 'Sorry, try again.' >&2
done
`;

describe('the local transport and a sudo that wants a password', () => {
  let folder: string;
  let host: NearHost;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'runbook-sudo-'));
    // Named, as root would need none.
    const becoming = { method: 'sudo', program: join(folder, 'sudo') } as const;
    host = nearHost('here', 'local', { address: '127.0.0.1', user: userInfo().username, becoming });
    writeFileSync(join(folder, 'sudo'), SUDO);
    chmodSync(join(folder, 'sudo'), 0o755);
    process.env['RB_FOLDER'] = folder;
  });
  afterEach(() => {
    delete process.env['RB_FOLDER'];
    rmSync(folder, { recursive: true });
  });

  const connect = (password: string) =>
    createLocalTransport().connect(
      host,
      { become: 'webadm', connectTimeoutMs: 5000, secrets: { becomePassword: new Secret(password) } },
      NEVER,
    );
  const told = (file: string): string => readFileSync(join(folder, file), 'utf8');

  it('becomes that user', async () => {
    const connection = await connect('right');
    assert.ok(connection.ok, connection.ok ? '' : connection.error.message);
    const result = await connection.value.read({ script: script('echo in; cat'), timeoutMs: 5000 }, NEVER);
    assert.deepEqual([result.stdout.text, result.stderr.text], ['in\n', '']);
    await connection.value.close();
    assert.equal(told('words'), 'right\n');
    assert.doesNotMatch(told('started'), /right/);
  });

  it('says a wrong password once', async () => {
    const connection = await connect('wrong');
    assert.equal(connection.ok ? 'in' : connection.error.code, 'become');
    assert.equal(told('words'), 'wrong\n');
  });
});
