import { randomBytes } from 'node:crypto';
import { duplexPair, type Duplex } from 'node:stream';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { ACTIONS } from '../../../src/app/actions.ts';
import { Broadcast } from '../../../src/app/broadcast.ts';
import { prepare } from '../../../src/app/prepare.ts';
import { run } from '../../../src/app/run.ts';
import { startedBy } from '../../../src/app/started-by.ts';
import { stateDirectory, surroundings, type Site } from '../../../src/app/surroundings.ts';
import { SYSTEM_CLOCK } from '../../../src/app/system-clock.ts';
import { createView } from '../../../src/app/views.ts';
import { openTerminal } from '../../../src/cli/terminal.ts';
import { mergeConfiguration } from '../../../src/load/configuration/merge.ts';
import type { HostFacts } from '../../../src/model/host.ts';
import type { Output } from '../../../src/model/script.ts';
import { openSqliteStore } from '../../../src/stores/sqlite.ts';
import { createMemoryTransport, type SimulatedHost } from '../../../src/transports/memory.ts';
import { err, ok } from '../../../src/util/result.ts';
import { sha256 } from '../../../src/util/sha256.ts';
import { PORTS, RUNBOOK, SOAK, type Repair } from '../demo-host.ts';
import { readRecord } from '../record.ts';
import { answer } from './answers.ts';
import type { SimulatedMachine } from './machine.ts';

/** The line that `runbook run` goes, with the memory transport in place of SSH. */
export async function repairInProcess(machine: SimulatedMachine, folder: string, stop: AbortSignal): Promise<Repair> {
  const environment = { XDG_STATE_HOME: join(folder, 'state') };
  const here: Site = { ...surroundings(environment, folder), configuration: mergeConfiguration([]).configuration };
  const selection = { runbook: RUNBOOK, inventory: ['inventory.yaml'], local: false, params: [`soak=${SOAK}`] };
  const prepared = await prepare(selection, here);
  if (!prepared.ok) throw new Error(prepared.error.errors.map(({ message }) => message).join('; '));
  const store = openSqliteStore(stateDirectory(here));
  if (!store.ok) throw new Error(store.error.message);

  const terminal = openTerminal();
  const canRedraw = terminal.err.stream.isTTY && process.env['TERM'] !== 'dumb';
  const view = await createView(terminal, { kind: canRedraw ? 'live' : 'lines', verbose: false });
  const journal = new Broadcast(store.value, view.reporters);
  const transport = createMemoryTransport(new Map([['web01', simulatedHost(machine)]]));
  const by = startedBy(here, 'demo', 'unattended');
  const kill = new AbortController().signal;
  const approve = (): Promise<{ readonly by: string; readonly how: 'yes-option' }> =>
    Promise.resolve({ by: by.user, how: 'yes-option' });
  const ended = await run(
    prepared.value,
    { mode: 'run', forks: 1, startedBy: by, stop, kill, approve },
    {
      actions: ACTIONS,
      journal,
      attempts: (query) => store.value.attempts(query),
      transportOf: () => transport,
      clock: SYSTEM_CLOCK,
      randomBytes,
    },
  );
  await journal.close();
  await store.value.close();
  if (!ended.ok) throw new Error(ended.error.message);
  const { plan, finished } = ended.value;
  terminal.out.print(view.result(plan, finished, 'run'));
  return { exitCode: finished.exitCode, ...(await readRecord(join(folder, 'state'))) };
}

function simulatedHost(machine: SimulatedMachine): SimulatedHost {
  return {
    get facts() {
      return factsOf(machine);
    },
    respond: ({ script }) => {
      const text = answer(machine, script);
      const end = { how: 'exit', code: text === undefined ? 127 : 0 } as const;
      const complaint = text === undefined ? `the simulated host does not know: ${script.summary}\n` : '';
      return { end, stdout: output(text ?? ''), stderr: output(complaint), durationMs: 1 };
    },
    dial: (address, port) => {
      if (machine.apache !== undefined && PORTS.includes(port)) return ok(webServer());
      return err({ code: 'connection-refused', message: `nothing listens on ${address}:${port}` });
    },
  };
}

/** One end of a connection to a server that answers every request. */
function webServer(): Duplex {
  const [client, far] = duplexPair();
  const server = createServer((_request, response) => response.setHeader('connection', 'close').end('It works\n'));
  server.emit('connection', far);
  return client;
}

function factsOf({ bootTime }: SimulatedMachine): HostFacts {
  return {
    os: 'debian',
    os_version: '12',
    kernel: 'simulated',
    arch: 'x86_64',
    init: 'sysv',
    boot_id: 'simulated',
    boot_time: new Date(bootTime * 1000).toISOString(),
    time: new Date().toISOString(),
    cpus: 1,
    memory_bytes: 1_000_000_000,
    machine_id: 'simulated',
    uid: 0,
  };
}

function output(text: string): Output {
  return { text, bytes: Buffer.byteLength(text), sha256: sha256(text), truncated: false };
}
