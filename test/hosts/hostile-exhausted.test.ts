import assert from 'node:assert/strict';
import type { Connection } from '../../src/model/transport.ts';
import { createSshTransport } from '../../src/transports/ssh.ts';
import { noteOf } from '../conformance/settling.ts';
import { changeOf, NEVER, newRunId, script } from '../conformance/transport.ts';
import type { FleetHost } from '../fleet/host.ts';
import { fleetHost } from './transport-fleet.ts';
import { useLightHost } from './use-hosts.ts';

/** A limit of processes counts those of a user id on the whole machine, so nobody else may have this one. */
const UID = 200_000 + process.pid;
const LEDGER = '/home/few/.local/state/runbook';

describe('a host that is out of something', function () {
  this.timeout(30_000);
  let web: FleetHost;
  const open: Connection[] = [];

  useLightHost(`scarce${process.pid}`, (started) => (web = started));
  before(async () => {
    await on(`useradd -m -u ${UID} -s /bin/sh -p '*' few; install -d -o few -m 700 /home/few/.ssh
      install -o few -m 600 /root/.ssh/authorized_keys /home/few/.ssh/`);
  });
  afterEach(async () => {
    for (const connection of open.splice(0)) await connection.close();
  });

  const on = async (command: string): Promise<string> => {
    const { code, stdout, stderr } = await web.exec(command);
    assert.equal(code, 0, `${command}: ${stderr}`);
    return stdout.trim();
  };
  const connected = async (user: string): Promise<Connection> => {
    const options = { become: false, connectTimeoutMs: 10_000, secrets: {} };
    const connection = await createSshTransport().connect(fleetHost(web, user), options, NEVER);
    assert.ok(connection.ok, connection.ok ? '' : connection.error.message);
    open.push(connection.value);
    return connection.value;
  };
  const lock = async (connection: Connection, runId: string, epoch: number): Promise<void> => {
    const ledger = await connection.lock(noteOf(runId, epoch), NEVER);
    assert.ok(ledger.ok, ledger.ok ? '' : JSON.stringify(ledger.error));
  };
  const settled = async (connection: Connection, claim: Parameters<Connection['settle']>[0]['claim']) => {
    const told = await connection.settle({ claim }, NEVER);
    assert.ok(told.ok, told.ok ? '' : told.error.message);
    return told.value;
  };

  // How many processes it may start yet: each of those that a change needs is the one that can't be.
  for (const left of [0, 4, 6, 10])
    it(`of processes, with ${left} to go: says so, or that the step could not, and what it was when asked again`, async () => {
      const runId = newRunId();
      const first = await connected('few');
      await lock(first, runId, 1);
      const change = changeOf(runId, 'echo x >>~/ran; /bin/true && /bin/true && echo done', { timeoutMs: 60_000 });
      await on(`: >/home/few/ran; chown few /home/few/ran; read -r pid start <${LEDGER}/holder
            setpriv --reuid few --regid few --clear-groups prlimit --pid "$pid" --nproc=$(($(ps -u few -o pid= | wc -l) + ${left})):`);
      const { end, stderr } = await first.change(change, NEVER);
      const ran = await on('cat /home/few/ran');
      if (end.how === 'not-started') {
        assert.match(end.why, /^the host can't start another process: it is out of processes, memory or open files$/);
        assert.equal(ran, '');
      } else {
        assert.equal(end.how, 'exit');
        assert.equal(ran, 'x');
        if (end.how === 'exit' && end.code !== 0) assert.match(stderr.text, /fork/i);
      }
      await first.close('keep-claims');
      const second = await connected('few');
      await lock(second, runId, 2);
      const told = await settled(second, change.claim);
      if (told.state === 'not-started') assert.equal(ran, '');
      else assert.deepEqual(told.state === 'ended' ? told.answer.end : told, end);
      assert.deepEqual(
        (await second.read({ script: script('echo well'), timeoutMs: 5000 }, NEVER)).stdout.text,
        'well\n',
      );
    });

  it('of open files: says so before anything is run there, however few a login may have', async () => {
    for (const limit of [9, 12, 19, 20]) {
      await on(`echo 'ulimit -n ${limit}' >/home/ops/.bashrc; chown ops: /home/ops/.bashrc`);
      const options = { become: false, connectTimeoutMs: 10_000, secrets: {} };
      const connection = await createSshTransport().connect(fleetHost(web, 'ops'), options, NEVER);
      if (connection.ok) open.push(connection.value);
      const said = connection.ok ? 'it has a shell' : connection.error.message;
      assert.match(said, limit < 20 ? /^a shell of ops may open too few files at once/ : /^it has a shell$/);
      if (!connection.ok) continue;
      const runId = newRunId();
      await lock(connection.value, runId, 1);
      const { end } = await connection.value.change(changeOf(runId, 'echo x | cat | cat'), NEVER);
      assert.deepEqual(end, { how: 'exit', code: 0 });
    }
  });

  describe('of room for its ledger', () => {
    const FULL = '/run/runbook';
    let connection: Connection;
    let runId: string;

    beforeEach(async () => {
      await on(`mkdir -p ${FULL}; mount -t tmpfs -o size=256k,mode=700 ledger ${FULL}`);
      runId = newRunId();
      connection = await connected('root');
      await lock(connection, runId, 1);
    });
    afterEach(() => on(`umount -l ${FULL}`));

    const change = (step: string, text: string, timeoutMs = 30_000) =>
      changeOf(runId, text, { timeoutMs, claim: { runId, step, attempt: 1, epoch: 1 } });
    const FILL = `head -c 1000000 /dev/zero >${FULL}/fill`;

    it('records how a step ended in the middle of which it became full, and starts no other', async () => {
      const ended = change('ended', `${FILL}; echo said; exit 4`);
      assert.deepEqual((await connection.change(ended, NEVER)).end, { how: 'exit', code: 4 });
      const over = change('over', 'echo x >>/root/over');
      const { end } = await connection.change(over, NEVER);
      assert.ok(end.how === 'not-started');
      assert.match(end.why, /^can't write to \/run\/runbook: the filesystem \/run\/runbook is full/);
      assert.deepEqual(await settled(connection, over.claim), { state: 'not-started' });
      const told = await settled(connection, ended.claim);
      assert.deepEqual(told.state === 'ended' ? told.answer.end : told, { how: 'exit', code: 4 });
      await on(`rm ${FULL}/fill; [ ! -e /root/over ]`);
      assert.deepEqual((await connection.change(over, NEVER)).end, { how: 'exit', code: 0 });
    });

    it('keeps the deadline of a step in the middle of which it became full, and says so in the claim', async () => {
      const late = change('late', `${FILL}; sleep 60`, 1000);
      assert.deepEqual((await connection.change(late, NEVER)).end, { how: 'timeout', gone: true });
      const told = await settled(connection, late.claim);
      assert.deepEqual(told.state === 'ended' ? told.answer.end : told, { how: 'timeout', gone: true });
    });
  });

  it('of patience: goes on to wait for a deadline whose sleep somebody ended', async () => {
    const runId = newRunId();
    const connection = await connected('root');
    await lock(connection, runId, 1);
    const { end } = await connection.change(
      changeOf(runId, 'sleep 0.5; pkill -x -f "sleep 4321" && sleep 0.5; exit 5', { timeoutMs: 4_321_000 }),
      NEVER,
    );
    assert.deepEqual(end, { how: 'exit', code: 5 });
  });
});
