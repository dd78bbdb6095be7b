import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Connection } from '../../src/model/transport.ts';
import { createSshTransport } from '../../src/transports/ssh.ts';
import { NEVER, script } from '../conformance/transport.ts';
import { startLightHost, type FleetHost } from '../fleet/host.ts';
import { fleetHost } from './transport-fleet.ts';
import { useHosts } from './use-hosts.ts';

const MIB = 1024 * 1024;
const LARGE = 100_000_000;
/** 100 million letters in one line, and what they hash to. */
const LETTERS = `head -c ${LARGE} /dev/zero | tr '\\0' x`;
const HASH = createHash('sha256').update(Buffer.alloc(LARGE, 'x')).digest('hex');

describe('hosts that print without measure', function () {
  this.timeout(120_000);
  let hosts: readonly FleetHost[] = [];
  const open: Connection[] = [];
  const names = ['a', 'b', 'c'].map((letter) => `loud${letter}${process.pid}`);
  useHosts(startLightHost, names, (made) => (hosts = made));
  afterEach(async () => {
    for (const connection of open.splice(0)) await connection.close();
  });

  const connected = async (host: FleetHost): Promise<Connection> => {
    const options = { become: false, connectTimeoutMs: 10_000, secrets: {} };
    const connection = await createSshTransport().connect(fleetHost(host), options, NEVER);
    assert.ok(connection.ok, connection.ok ? '' : connection.error.message);
    open.push(connection.value);
    return connection.value;
  };
  const read = (connection: Connection, text: string, timeoutMs = 60_000) =>
    connection.read({ script: script(text), timeoutMs }, NEVER);

  it('cost little memory, all at once, also when all is one line; count and hash are of every byte', async () => {
    const connections = await Promise.all(hosts.map(connected));
    const before = process.memoryUsage().rss;
    let most = before;
    const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 50);
    const results = await Promise.all(connections.map((connection) => read(connection, LETTERS)));
    clearInterval(watch);
    for (const { end, stdout } of results) {
      assert.deepEqual(end, { how: 'exit', code: 0 });
      assert.deepEqual([stdout.bytes, stdout.sha256, stdout.truncated], [LARGE, HASH, true]);
      assert.ok(stdout.text.length < 2.1 * MIB);
    }
    const grown = (most - before) / MIB;
    assert.ok(grown < 50 * hosts.length, `${grown.toFixed(0)} MiB more`);
  });

  it('are ended at the deadline when they never stop', async () => {
    const connection = await connected(hosts[0] ?? assert.fail());
    const { end, stdout } = await read(connection, 'yes', 1000);
    assert.deepEqual({ ...end }, { how: 'timeout', gone: true });
    assert.ok(stdout.bytes > MIB && stdout.truncated);
    assert.deepEqual((await read(connection, 'echo well')).stdout.text, 'well\n');
  });

  it('have every byte right when sshd changes its keys again and again', async () => {
    const host = hosts[1] ?? assert.fail();
    await host.exec("sed -i '1i RekeyLimit 16K' /etc/ssh/sshd_config; pkill -HUP -o -x sshd");
    await pause(300);
    const { end, stdout } = await read(await connected(host), 'head -c 3000000 /dev/zero | tr "\\0" x', 60_000);
    assert.deepEqual(end, { how: 'exit', code: 0 });
    assert.equal(stdout.sha256, createHash('sha256').update(Buffer.alloc(3_000_000, 'x')).digest('hex'));
  });
});
