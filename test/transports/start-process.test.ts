import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { startProcess } from '../../src/transports/start-process.ts';
import { proxyCommand } from '../../src/transports/ssh/proxy-command.ts';
import { NEVER } from '../conformance/transport.ts';

const MODULE = new URL('../../src/transports/start-process.ts', import.meta.url).href;
const OPENS_ALL = `
import { openSync } from 'node:fs';
import { startProcess } from '${MODULE}';
startProcess('true', []);
try { for (;;) openSync('/dev/null'); } catch {}
const none = startProcess('true', []);
process.stdout.write(none.ok ? 'started' : none.error);
process.exit();`;

describe('a process that a transport needs', () => {
  it('is not started where no file can be opened any more, and that is said', () => {
    // It could not write down what it covers.
    const args = ['-c', 'ulimit -n 64; exec "$@"', 'sh', process.execPath, '--input-type=module', '-e', OPENS_ALL];
    assert.equal(
      execFileSync('/bin/sh', args, { encoding: 'utf8', env: { ...process.env, NODE_V8_COVERAGE: '' } }),
      'too many files are open here (ulimit -n)',
    );
  });

  it('is not started when what it is told is too long, and that is said', async () => {
    const long = 'x'.repeat(300_000);
    const none = startProcess('true', [long]);
    assert.equal(none.ok ? '' : none.error, 'spawn E2BIG');
    const way = await proxyCommand(`echo ${long}`).open({ address: 'h', port: 22, family: 'any' }, 1000, NEVER);
    assert.equal(way.ok ? '' : way.error.error.message, 'the ProxyCommand could not be started: spawn E2BIG');
  });

  it('ends at once where there is no such program', async () => {
    const process = startProcess('/no/such/program', []);
    assert.ok(process.ok);
    await new Promise((resolve) => process.value.once('close', resolve));
    assert.equal(process.value.pid, undefined);
  });
});
