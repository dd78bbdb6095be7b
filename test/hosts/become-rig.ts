import assert from 'node:assert/strict';
import type { Becoming } from '../../src/model/host.ts';
import type { Become, Connection } from '../../src/model/transport.ts';
import { createSshTransport } from '../../src/transports/ssh.ts';
import { Secret } from '../../src/util/secret.ts';
import { NEVER, script } from '../conformance/transport.ts';
import type { FleetHost } from '../fleet/host.ts';
import { skip } from '../support/skip.ts';
import { giveDoas } from './doas.ts';
import { fleetHost } from './transport-fleet.ts';
import { useLightHost } from './use-hosts.ts';

export const OPS = "ops's $word";
export const ROOT = 'root\'s "word"';

// Failures are counted by what locks accounts on servers, and answered without the pause that would make this slow.
const PAM = `cat >/etc/pam.d/common-auth <<'END'
auth required pam_faillock.so preauth silent audit deny=99 even_deny_root
auth sufficient pam_unix.so nodelay
auth [default=die] pam_faillock.so authfail audit deny=99 even_deny_root
auth required pam_deny.so
END
cat >>/etc/pam.d/common-account <<'END'
account required pam_faillock.so
END`;

const USERS = `useradd -m bob; useradd -m old; useradd -m stale
chpasswd <<'END'
ops:ops's $word
root:root's "word"
bob:bob's word
www-data:www's word
old:old's word
stale:stale's word
END
usermod -e 2020-01-01 old; chage -d 0 stale`;

export interface Attempt {
  readonly method?: Becoming['method'];
  readonly program?: string;
  readonly login?: string;
  readonly become?: Become;
  readonly password?: string;
  readonly withinMs?: number;
}

/**
 * Hooks of the suite that calls it: one light host with sudo, su and doas, where the users have passwords and `ops` may become
 * anybody who gives theirs.
 */
export function becomeRig(hostName: string) {
  let web: FleetHost;
  const open: Connection[] = [];

  const on = async (command: string): Promise<string> => {
    const { code, stdout, stderr } = await web.exec(command);
    assert.equal(code, 0, `${command}: ${stderr}`);
    return stdout.trim();
  };
  const sudoers = (...lines: string[]) =>
    on(`printf '%s\\n' '${lines.join("' '")}' >/etc/sudoers.d/ops && chmod 440 /etc/sudoers.d/ops && visudo -cq`);
  const doasRules = (...lines: string[]) =>
    on(`printf '%s\\n' '${lines.join("' '")}' >/etc/doas.conf && chmod 600 /etc/doas.conf`);

  useLightHost(hostName, (started) => {
    web = started;
  });
  before(async function () {
    if (!(await giveDoas(web))) skip(this, 'the package opendoas cannot be fetched');
    await on(`${PAM}\n${USERS}`);
  });
  beforeEach(async () => {
    await sudoers('ops ALL=(ALL) ALL', 'Defaults:ops timestamp_timeout=0');
    await doasRules('permit ops');
  });
  afterEach(async () => {
    for (const connection of open.splice(0)) await connection.close();
  });

  const tried = async (attempt: Attempt, transport = createSshTransport(), name = hostName) => {
    const { method = 'sudo', program, login = 'ops', become = true, password, withinMs = 10_000 } = attempt;
    const becoming = { method, ...(program === undefined ? {} : { program }) };
    const host = { ...fleetHost(web, login, { becoming }), name };
    const secrets = password === undefined ? {} : { becomePassword: new Secret(password) };
    const connection = await transport.connect(host, { become, connectTimeoutMs: withinMs, secrets }, NEVER);
    if (connection.ok) open.push(connection.value);
    return connection;
  };
  const connected = async (attempt: Attempt): Promise<Connection> => {
    const connection = await tried(attempt);
    assert.ok(connection.ok, connection.ok ? '' : JSON.stringify(connection.error));
    return connection.value;
  };
  const refusal = async (attempt: Attempt): Promise<string> => {
    const connection = await tried(attempt);
    assert.ok(!connection.ok);
    assert.equal(connection.error.code, 'become');
    assert.ok(connection.error.hint !== undefined);
    return `${connection.error.message} | ${connection.error.hint}`;
  };
  const read = async (connection: Connection, text: string, become?: Become) => {
    const request = { script: script(text), timeoutMs: 5000, ...(become === undefined ? {} : { become }) };
    const { end, stdout, stderr } = await connection.read(request, NEVER);
    return [end.how, stdout.text, stderr.text];
  };
  const failures = async (user: string): Promise<number> =>
    Number(await on(`faillock --user ${user} | grep -c ' V *$' || true`));

  return { on, sudoers, doasRules, tried, connected, refusal, read, failures };
}
