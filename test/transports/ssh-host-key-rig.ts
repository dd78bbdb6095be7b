import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ErrorInfo } from '../../src/model/error.ts';
import type { HostKeySettings } from '../../src/model/ssh-settings.ts';
import type { HostKeys } from '../../src/transports/ssh/host-key-look.ts';
import { judgeHostKey, keysOf } from '../../src/transports/ssh/host-key.ts';
import { KnownHostsFiles } from '../../src/transports/ssh/known-hosts-file.ts';
import type { Result } from '../../src/util/result.ts';
import { sshSettings } from '../support/hosts.ts';
import { skip } from '../support/skip.ts';
import { newKey } from './ssh-server.ts';

/** How web01 is reached, and what is set for its key. */
export interface Given extends Partial<HostKeySettings> {
  readonly port?: number;
  readonly isDirect?: boolean;
  readonly from?: string;
  readonly hostKeyAlgorithms?: readonly string[];
}

export const keyLine = (kind?: 'rsa' | 'ecdsa'): string => newKey(kind).public.split(' ').slice(0, 2).join(' ');
export const blobOf = (line: string): Buffer => Buffer.from(line.split(' ')[1] ?? '', 'base64');

/** What web01 shows, and a key of the same kind that it does not. */
export const shown = keyLine();
export const other = keyLine();
export const key = blobOf(shown);

/** A known_hosts file of web01, in a folder of its own for each test of a suite. */
export class HostKeyRig {
  folder = '';
  file = '';

  constructor() {
    beforeEach(() => {
      this.folder = mkdtempSync(join(tmpdir(), 'runbook-host-key-'));
      this.file = join(this.folder, 'known_hosts');
    });
    afterEach(() => rmSync(this.folder, { recursive: true }));
  }

  keys({ port = 22, isDirect = true, hostKeyAlgorithms = [], ...hostKeys }: Given = {}): HostKeys {
    const settings = sshSettings({ address: 'web01', port });
    const hop = {
      ...settings,
      hostKeys: { ...settings.hostKeys, userFiles: [this.file], ...hostKeys },
      algorithms: { ...settings.algorithms, hostKeys: hostKeyAlgorithms },
    };
    return keysOf(hop, new KnownHostsFiles(), isDirect);
  }

  /** With this text in the file; `undefined`: with the file as it is. */
  judged(text: string | undefined, given: Given = {}): Result<{ readonly learned?: string }, ErrorInfo> {
    if (text !== undefined) writeFileSync(this.file, text);
    return judgeHostKey(this.keys(given), key, given.from);
  }

  learned(given: Given = {}): string | undefined {
    const verdict = this.judged(undefined, given);
    assert.ok(verdict.ok, JSON.stringify(verdict));
    return verdict.value.learned;
  }

  refused(text: string | undefined, given: Given = {}): ErrorInfo {
    const verdict = this.judged(text, given);
    assert.ok(!verdict.ok);
    assert.doesNotMatch(verdict.error.message, /\n/);
    return verdict.error;
  }
}

export function expectWords(error: ErrorInfo, code: ErrorInfo['code'], ...all: readonly string[]): void {
  const { message, hint = '' } = error;
  assert.equal(error.code, code, message);
  for (const words of all) assert.ok(`${message}\n${hint}`.includes(words), `${words}\n${message}\n${hint}`);
}

/** Runs the command at the end of a hint, as someone does who pastes it. */
export function paste({ hint = '' }: ErrorInfo): void {
  const [command] = /(?:mkdir|echo|ssh-keygen|ssh-keyscan) .*$/s.exec(hint) ?? [];
  assert.ok(command, hint);
  const { status, stderr } = spawnSync('sh', ['-c', command], { encoding: 'utf8' });
  assert.equal(status, 0, `${command}\n${stderr}`);
}

export function needsKeygen(context: Mocha.Context): void {
  if (spawnSync('ssh-keygen', ['-?']).error !== undefined) skip(context, 'there is no ssh-keygen here');
}
