import { createOpensshTransport } from '../../src/transports/openssh.ts';
import type { Host } from '../../src/model/host.ts';
import { changeOf, connected, locked, NEVER } from '../conformance/transport.ts';

/** A controller of its own, to be killed: locks the host, starts one change, and says `sent` before it waits. */
const [hostJson = '', runId = '', text = ''] = process.argv.slice(2);
const host = JSON.parse(hostJson) as Host;
const connection = await connected({ transport: createOpensshTransport(), host, look: () => '' });
await locked(connection, runId);
const change = connection.change(changeOf(runId, text), NEVER);
process.stdout.write('sent\n');
process.stdout.write(`${JSON.stringify((await change).end)}\n`);
await connection.close();
