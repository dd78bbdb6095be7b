import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { createInterface } from 'node:readline';
import { action } from '../../src/actions/open_files.ts';
import { checkOutput } from '../../src/model/output.ts';
import type { JsonObject } from '../../src/util/json.ts';
import { skip } from '../support/skip.ts';
import { contextOf } from './support/context.ts';
import { runScript } from './support/run-script.ts';
import { shells, type Shell } from './support/shells.ts';

const HOARDER =
  'ulimit -n 64; exec perl -e \'for (1 .. 50) { open($f[$_], "<", "/dev/null") } $| = 1; print "ready\\n"; sleep 1 while 1\'';

/** So that it is among those that are told. */
const FEW_FILES = 'ulimit -n 40; exec "$0" -e "$1" "$2"';

/** Connects five times, and does not close what the other side has closed. */
const NEGLECTS = `
const net = require('node:net');
let ended = 0;
for (let one = 0; one < 5; one += 1) {
  net.connect({ port: Number(process.argv[1]), host: '127.0.0.1', allowHalfOpen: true }).on('end', () => {
    ended += 1;
    if (ended === 5) console.log('ready');
  }).resume();
}
setInterval(() => undefined, 1e6);
`;

for (const shell of shells()) {
  describe(`open files in ${shell.name}`, () => {
    const children: ChildProcess[] = [];
    let server: Server | undefined;

    before(function () {
      if (process.getuid?.() !== 0) skip(this, 'needs root');
    });

    afterEach(() => {
      for (const { pid } of children.splice(0)) if (pid !== undefined) process.kill(-pid, 'SIGKILL');
      server?.close();
    });

    async function start(program: string, ...args: readonly string[]): Promise<number> {
      const child = spawn(program, args, { detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
      children.push(child);
      await once(createInterface(child.stdout), 'line');
      return child.pid ?? assert.fail();
    }

    it('are counted with the limit of their process, the nearest first', async () => {
      const pid = await start('sh', '-c', HOARDER);
      const open = readdirSync(`/proc/${pid}/fd`).length;
      const { processes, host_used: used, host_max: max } = await look(shell);
      const list = processes as JsonObject[];
      const { used_percent: percent, unit, ...hoarder } = list.find((one) => one['pid'] === pid) ?? assert.fail();
      assert.deepEqual(hoarder, { pid, command: 'perl', open, limit: 64, sockets_close_wait: 0 });
      assert.ok(Math.abs(Number(percent) - (open / 64) * 100) < 0.01 && typeof unit === 'string');
      const shares = list.map((one) => Number(one['used_percent']));
      assert.deepEqual(
        shares,
        shares.toSorted((a, b) => b - a),
      );
      assert.ok(Number(used) >= open && Number(max) >= Number(used));
    });

    it('tell sockets that only the other side has closed', async () => {
      server = createServer((socket) => socket.end()).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const address = server.address();
      if (address === null || typeof address === 'string') return assert.fail();
      const pid = await start('sh', '-c', FEW_FILES, process.execPath, NEGLECTS, String(address.port));
      const found = ((await look(shell))['processes'] as JsonObject[]).find((one) => one['pid'] === pid);
      assert.equal(found?.['sockets_close_wait'], 5);
    });
  });
}

async function look(shell: Shell): Promise<JsonObject> {
  const { work, output } = action;
  if (work.kind !== 'script') return assert.fail('not a script');
  const answer = await runScript(work.compose({} as never, contextOf()), shell);
  const result = work.interpret(answer, {} as never, contextOf());
  if (result.status === 'failed') return assert.fail(`${result.error} ${answer.stderr.text}`);
  assert.ok(checkOutput(output, result.output, {}).ok);
  assert.equal(answer.stderr.text, '');
  return result.output;
}
