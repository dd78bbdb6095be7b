import { execFile } from 'node:child_process';
import { existsSync, statfsSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import type { Complaint } from '../../model/complaint.ts';
import { formatBytes } from '../../util/bytes.ts';
import { complaintsOfTrouble } from './ready-hosts.ts';
import { findFreeze, freezeFiles, freezeText } from '../freeze.ts';
import { openSecretsFile, type SecretsOptions } from '../secrets-open.ts';
import { stateDirectory, type Site } from '../surroundings.ts';

const LEAST_BYTES = 100 * 1024 * 1024;
const ANSWER_MS = 3000;

/** What of this machine would keep a run from working. `storeTrouble`: why the store can't be opened. */
export async function controllerComplaints(
  options: SecretsOptions,
  surroundings: Site,
  storeTrouble: { readonly message: string; readonly hint?: string } | undefined,
): Promise<readonly Complaint[]> {
  const [client, agent, secrets] = await Promise.all([
    sshClient(),
    sshAgent(surroundings.environment['SSH_AUTH_SOCK'] ?? ''),
    secretsFile(options, surroundings),
  ]);
  return [
    ...(await freeze(surroundings)),
    ...store(stateDirectory(surroundings), storeTrouble),
    ...client,
    ...agent,
    ...secrets,
  ];
}

async function freeze(surroundings: Site): Promise<Complaint[]> {
  const frozen = await findFreeze(freezeFiles(surroundings), Date.now());
  if (frozen === undefined) return [];
  const why = 'no run from here may change anything';
  return [{ severity: 'warning', what: `this machine is ${freezeText(frozen)}`, why, fix: 'runbook unfreeze' }];
}

function store(
  directory: string,
  trouble: { readonly message: string; readonly hint?: string } | undefined,
): Complaint[] {
  if (trouble !== undefined) {
    const why = 'without its record a run must not change anything';
    return [{ severity: 'problem', what: trouble.message, why, fix: trouble.hint ?? `ls -ld ${directory}` }];
  }
  const { bavail, bsize } = statfsSync(nearest(directory));
  const free = bavail * bsize;
  if (free >= LEAST_BYTES) return [];
  const what = `${formatBytes(free)} are left where the record of runs is (${directory})`;
  const why = 'a run whose record cannot be written stops';
  return [{ severity: 'warning', what, why, fix: `df -h ${directory}` }];
}

async function sshClient(): Promise<Complaint[]> {
  const found = await new Promise<boolean>((resolve) => {
    execFile('ssh', ['-V'], { timeout: ANSWER_MS }, (error) => resolve(error === null));
  });
  if (found) return [];
  const why =
    'its configuration is read by a simpler parser then, and hosts that want certificates or tokens are out of reach';
  return [{ severity: 'warning', what: 'there is no program ssh here', why, fix: 'apt-get install openssh-client' }];
}

/** An agent that is named and gone makes every host wait for it. */
async function sshAgent(socket: string): Promise<Complaint[]> {
  if (socket === '' || (await answers(socket))) return [];
  const what = `no SSH agent answers at ${socket} (SSH_AUTH_SOCK)`;
  return [{ severity: 'warning', what, why: 'its keys are not tried', fix: 'eval "$(ssh-agent)"; ssh-add' }];
}

function answers(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const client = connect(socket);
    const end = (is: boolean): void => {
      client.destroy();
      resolve(is);
    };
    client.setTimeout(ANSWER_MS, () => end(false));
    client.once('connect', () => end(true));
    client.once('error', () => end(false));
  });
}

async function secretsFile(options: SecretsOptions, surroundings: Site): Promise<Complaint[]> {
  const opened = await openSecretsFile(options, surroundings);
  if (opened.ok) return [];
  const why = 'secrets that runbooks and the inventory name cannot be read';
  return complaintsOfTrouble(opened.error).map((complaint) => ({ ...complaint, why }));
}

function nearest(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearest(dirname(path));
}
