import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { run } from '../../src/cli/commands/run.ts';
import type { Terminal, TerminalStream } from '../../src/cli/terminal.ts';
import { PLAIN } from '../../src/util/style.ts';
import type { FleetHost } from '../../test/fleet/host.ts';
import { inventoryOf } from './inventory.ts';
import { runbookOf, type Order } from './readings.ts';

/** `runbook run` in this process: from the files to the record in its store. */
export class Product {
  readonly #folder = mkdtempSync(join(tmpdir(), 'runbook-benchmark-'));
  readonly #forks: number;

  constructor(hosts: readonly FleetHost[]) {
    this.#forks = hosts.length;
    writeFileSync(join(this.#folder, 'inventory.yaml'), inventoryOf(hosts));
    for (const order of ['dependent', 'independent'] as const)
      writeFileSync(join(this.#folder, `${order}.yaml`), runbookOf(order));
  }

  async read(order: Order): Promise<void> {
    let said = '';
    const stream = terminalStream((text) => (said += text));
    const environment = { XDG_STATE_HOME: join(this.#folder, 'state') };
    const terminal: Terminal = {
      out: stream,
      err: stream,
      environment,
      directory: this.#folder,
      isInteractive: false,
      isWatched: true,
    };
    const options = { inventory: ['inventory.yaml'], hosts: 'all', forks: this.#forks, quiet: true };
    const code = await run('run', `./${order}.yaml`, options, terminal);
    if (code !== 0) throw new Error(`runbook ended with ${code}: ${said}`);
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true });
  }
}

function terminalStream(print: (text: string) => void): TerminalStream {
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      print(chunk.toString());
      done();
    },
  });
  return {
    stream: stream as unknown as NodeJS.WriteStream,
    style: PLAIN,
    columns: () => 100,
    rows: () => 24,
    print,
  };
}
