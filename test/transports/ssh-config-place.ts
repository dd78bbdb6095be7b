import { spawnSync } from 'node:child_process';
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import type { ErrorInfo } from '../../src/model/error.ts';
import type { SshSettings } from '../../src/model/ssh-settings.ts';
import { sshSettings, type Asked } from '../../src/transports/ssh-config/settings.ts';
import { skip } from '../support/skip.ts';

/** Why `ssh` can't be asked here. */
export function noClient(): string | undefined {
  return spawnSync('ssh', ['-V']).status === 0 ? undefined : 'there is no ssh client';
}

/** A folder with ssh's configuration. */
export class SshPlace {
  readonly folder = mkdtempSync(join(tmpdir(), 'runbook-ssh-config-'));
  environment: NodeJS.ProcessEnv = { PATH: process.env['PATH'], SSH_AUTH_SOCK: '/run/agent' };

  write(name: string, text: string): string {
    const file = join(this.folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { mode: 0o600 });
    return file;
  }

  /** All by the file `config`. */
  ask(hosts: readonly (Partial<Asked> & Pick<Asked, 'address'>)[]): ReturnType<typeof sshSettings> {
    const config = join(this.folder, 'config');
    const asked = hosts.map((host) => ({ name: host.address, sshOptions: [], sshConfigFile: config, ...host }));
    return sshSettings(asked, {
      home: this.folder,
      user: userInfo().username,
      environment: this.environment,
      directory: this.folder,
    });
  }

  async settings(host: Partial<Asked> & Pick<Asked, 'address'>): Promise<SshSettings> {
    const answer = await this.ask([host]);
    assert.ok(answer.ok, JSON.stringify(answer));
    const settings = answer.value.get(host.name ?? host.address);
    assert.ok(settings !== undefined);
    return settings;
  }

  async error(host: Partial<Asked> & Pick<Asked, 'address'>): Promise<ErrorInfo> {
    const answer = await this.ask([host]);
    assert.ok(!answer.ok, 'there is an answer');
    return answer.error;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}

/** Gives each test of the suite around the call an empty place. Without a client of ssh the suite is skipped. */
export function useSshPlace(use: (place: SshPlace) => void): void {
  let place: SshPlace | undefined;

  before(function () {
    const problem = noClient();
    if (problem !== undefined) skip(this, problem);
  });
  beforeEach(() => {
    place = new SshPlace();
    use(place);
  });
  afterEach(() => place?.remove());
}
