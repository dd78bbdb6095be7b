import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { SYSTEM_CLOCK } from '../../src/app/system-clock.ts';
import type { Connection } from '../../src/model/transport.ts';
import { KeptConnections } from '../../src/transports/kept/connections.ts';
import { createOpensshTransport } from '../../src/transports/openssh.ts';
import { ShownPasswords } from '../../src/transports/shown-passwords.ts';
import { createSshTransport } from '../../src/transports/ssh.ts';
import { changeOf, locked, NEVER, newRunId, script } from '../conformance/transport.ts';
import type { FleetHost } from '../fleet/host.ts';
import { opensshHost } from './openssh-host.ts';
import { cutSessions, fleetHost } from './transport-fleet.ts';
import { useLightHost } from './use-hosts.ts';

const SESSIONS = "pgrep -fc '^sshd(-session)?: (root|ops)( .priv.)?$' || true";

describe('kept connections to a real host', function () {
  this.timeout(60_000);
  let web: FleetHost;
  let kept: KeptConnections;

  useLightHost('kept01', (started) => {
    web = started;
  });
  beforeEach(() => {
    kept = new KeptConnections(SYSTEM_CLOCK, { most: 10, idleMs: 60_000 });
  });
  afterEach(() => kept?.close());

  const tried = (user: string, make = createSshTransport) =>
    kept
      .over(make(), new ShownPasswords())
      .connect(
        make === createSshTransport ? fleetHost(web, user) : opensshHost(web, user),
        { become: true, connectTimeoutMs: 5000, secrets: {} },
        NEVER,
      );
  const connect = async (...asked: Parameters<typeof tried>): Promise<Connection> => {
    const connection = await tried(...asked);
    assert.ok(connection.ok, connection.ok ? '' : JSON.stringify(connection.error));
    return connection.value;
  };
  const on = async (command: string): Promise<string> => (await web.exec(command)).stdout.trim();
  const read = async (connection: Connection, text: string): Promise<string> =>
    (await connection.read({ script: script(text), timeoutMs: 5000 }, NEVER)).stdout.text.trim();
  /** The shell that stays: the parent of what supervises its reads. */
  const shellOf = (connection: Connection): Promise<string> => read(connection, 'ps -o ppid= -p $PPID');

  for (const [what, user, make] of [
    ['root', 'root', createSshTransport],
    ['who becomes root by sudo', 'ops', createSshTransport],
    ['who becomes root by sudo, by the program ssh', 'ops', createOpensshTransport],
  ] as const)
    it(`serve one run after another for ${what}, changes and all`, async () => {
      const shells = new Set<string>();
      for (let round = 0; round < 3; round += 1) {
        const connection = await connect(user, make);
        assert.equal(await read(connection, 'id -u'), '0');
        shells.add(await shellOf(connection));
        const runId = newRunId();
        await locked(connection, runId);
        const { end } = await connection.change(changeOf(runId, 'exit 4'), NEVER);
        assert.deepEqual(end, { how: 'exit', code: 4 });
        assert.equal(await connection.close(), true);
        assert.equal(await on('ls -d /run/runbook/run-* /run/runbook.lock 2>/dev/null || true'), '');
      }
      assert.equal(shells.size, 1);
      await kept.close();
      for (let round = 0; round < 40 && (await on(SESSIONS)) !== '0'; round += 1) await pause(50);
      assert.equal(await on(SESSIONS), '0');
    });

  it('live on when sshd is started anew, and are made anew when it has ended them', async () => {
    const first = await connect('root');
    const shell = await shellOf(first);
    await first.close();
    await on('pkill -HUP -o -x sshd');
    const second = await connect('root');
    assert.equal(await shellOf(second), shell);
    await second.close();
    await cutSessions(web);
    const third = await connect('root');
    assert.notEqual(await shellOf(third), shell);
    await third.close();
  });

  it('are none once another machine has the address: its host key is judged', async () => {
    await (await connect('root')).close();
    await on('rm /etc/ssh/ssh_host_*; ssh-keygen -A >/dev/null; pkill -HUP -o -x sshd');
    await pause(300);
    await cutSessions(web);
    const connection = await tried('root');
    assert.equal(connection.ok ? 'open' : connection.error.code, 'host-key-changed');
    assert.equal(kept.count, 0);
  });
});
