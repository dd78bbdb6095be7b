import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { SshHost } from '../../src/model/host.ts';
import type { SshSettings } from '../../src/model/ssh-settings.ts';
import type { Connection, ConnectOptions, Transport } from '../../src/model/transport.ts';
import { createOpensshTransport } from '../../src/transports/openssh.ts';
import { NEVER } from '../conformance/transport.ts';
import type { FleetHost } from '../fleet/host.ts';

type Connecting = readonly [host: SshHost, options?: Partial<ConnectOptions>, transport?: Transport];

/** For the tests of one host: what they change there and open there is taken back after each. */
export class OpensshRig {
  readonly #open: Connection[] = [];
  readonly #host: () => FleetHost;
  readonly #root = process.env['TMPDIR'];
  folder = '';

  constructor(host: () => FleetHost) {
    this.#host = host;
  }

  /** The transport makes its folders in that of the test. */
  async set(): Promise<void> {
    this.folder = mkdtempSync(join(tmpdir(), 'ossh-'));
    process.env['TMPDIR'] = this.folder;
    await this.on('cp /etc/ssh/sshd_config /tmp/sshd_config');
  }

  async clear(): Promise<void> {
    for (const connection of this.#open.splice(0)) await connection.close();
    await this.on(`cp /tmp/sshd_config /etc/ssh/sshd_config; ${RELOAD}`);
    await this.nothingIsLeft();
    if (this.#root === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = this.#root;
    rmSync(this.folder, { recursive: true });
  }

  async on(command: string, host = this.#host()): Promise<string> {
    const { code, stdout, stderr } = await host.exec(command);
    assert.equal(code, 0, `${command}: ${stderr}`);
    return stdout.trim();
  }

  async sshd(...settings: string[]): Promise<void> {
    for (const setting of settings) await this.on(`sed -i '1i ${setting}' /etc/ssh/sshd_config`);
    await this.on(RELOAD);
    await pause(300);
  }

  async connected(...args: Connecting): Promise<Connection> {
    const connection = await this.#connect(...args);
    assert.ok(connection.ok, connection.ok ? '' : JSON.stringify(connection.error));
    return connection.value;
  }

  /** `connected`, or the error in one line. */
  async why(...args: Connecting): Promise<string> {
    const connection = await this.#connect(...args);
    return connection.ok ? 'connected' : `${connection.error.code}: ${connection.error.message}`;
  }

  keygen(...args: string[]): void {
    execFileSync('ssh-keygen', ['-q', ...args], { cwd: this.folder });
  }

  async fingerprint(): Promise<string> {
    return (await this.on('ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub')).split(' ')[1] ?? '';
  }

  /** The processes of the transport, and what they are. */
  processes(): readonly { readonly pid: number; readonly command: string }[] {
    const lines = execFileSync('ps', ['-eo', 'pid=,args=', '-ww']).toString().split('\n');
    return lines
      .filter((line) => line.includes(`${this.folder}/runbook-ssh-`))
      .map((line) => ({ pid: Number.parseInt(line, 10), command: line.trim().replace(/^\d+ /, '') }));
  }

  async nothingIsLeft(): Promise<void> {
    const left = () => [
      ...this.processes().map(({ command }) => command),
      ...execFileSync('ls', [this.folder])
        .toString()
        .split('\n')
        .filter((name) => name.startsWith('runbook-ssh-')),
    ];
    for (let round = 0; round < 60 && left().length > 0; round += 1) await pause(50);
    assert.deepEqual(left(), []);
  }

  async #connect(...[host, options, transport = createOpensshTransport()]: Connecting) {
    const all = { become: true, connectTimeoutMs: 10_000, secrets: {}, ...options };
    const connection = await transport.connect(host, all, NEVER);
    if (connection.ok) this.#open.push(connection.value);
    return connection;
  }
}

export const withSettings = (host: SshHost, parts: Partial<SshSettings>): SshHost => ({
  ...host,
  ssh: { ...host.ssh, ...parts },
});

/** What stands first, counts. */
export const withOptions = (host: SshHost, ...options: string[]): SshHost =>
  withSettings(host, { program: { ...host.ssh.program, options: [...options, ...host.ssh.program.options] } });

const RELOAD = 'pkill -HUP -o -x sshd';
