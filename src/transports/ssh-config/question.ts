import { execFile } from 'node:child_process';
import type { ErrorInfo } from '../../model/error.ts';
import type { SshProgramArguments } from '../../model/ssh-settings.ts';
import { err, ok, type Result } from '../../util/result.ts';
import { parseAnswer, type Answer } from './answer.ts';

/** `Match exec` may run a command, and canonicalisation asks DNS. */
const LIMIT_MS = 20_000;
const LARGEST = 1024 * 1024;

/** What `ssh` is asked about one destination. */
export interface Question {
  readonly destination: string;
  /** Options by name. What stands here, ssh takes before all that its files and `options` say. */
  readonly own: OwnWords;
  /** `Key=Value` each. */
  readonly options: readonly string[];
  readonly configFile?: string;
}

export type OwnWords = Readonly<Partial<Record<OwnOption, string>>>;

export const OWN_OPTIONS = ['Port', 'User', 'IdentityFile', 'UserKnownHostsFile', 'ConnectTimeout'] as const;

export type OwnOption = (typeof OWN_OPTIONS)[number];

export interface Answered {
  readonly answer: Answer;
  /** The files that were read for it, as `ssh` names them. `undefined`: it has not told. */
  readonly files: readonly string[] | undefined;
}

export function programArguments({ destination, own, options, configFile }: Question): SshProgramArguments {
  const words = OWN_OPTIONS.flatMap((name) => {
    const value = own[name];
    return value === undefined ? [] : [`${name}=${quoted(value)}`];
  });
  return { destination, options: [...words, ...options], ...(configFile !== undefined && { configFile }) };
}

/**
 * Asks the program what it would do. It contacts nobody, but for DNS where its configuration says so. `no-client`: there is no
 * program `ssh` here, or none that can say anything.
 */
export function askSsh(
  question: Question,
  { environment, directory }: { readonly environment: NodeJS.ProcessEnv; readonly directory: string },
): Promise<Result<Answered, ErrorInfo | 'no-client'>> {
  const { destination, options, configFile } = programArguments(question);
  const file = configFile === undefined ? [] : ['-F', configFile];
  const args = ['-T', '-v', '-G', ...file, ...options.flatMap((option) => ['-o', option]), '--', destination];
  const env = { ...environment, LC_ALL: 'C' };
  const limits = { timeout: LIMIT_MS, killSignal: 'SIGKILL', maxBuffer: LARGEST } as const;
  return new Promise((resolve) => {
    const child = execFile('ssh', args, { env, cwd: directory, ...limits }, (error, stdout, stderr) => {
      if (error === null) return resolve(ok({ answer: parseAnswer(stdout), files: filesOf(stderr) }));
      if (error.code === 'ENOENT' || error.code === 'EACCES' || UNABLE.test(stderr)) return resolve(err('no-client'));
      const why = error.killed === true ? `ssh -G gave no answer within ${LIMIT_MS / 1000} s` : wordsOf(stderr);
      resolve(err(refusal(question, why || error.message)));
    });
    child.stdin?.end();
  });
}

/** A container's user may have no entry in passwd, and then `ssh` does nothing at all; other programs of that name have no -G. */
const UNABLE = /^No user exists for uid|(illegal|unknown|invalid) option:?( --)? -?G/im;

function refusal({ destination, configFile }: Question, why: string): ErrorInfo {
  const file = configFile === undefined ? '' : `-F ${configFile} `;
  return {
    code: 'configuration',
    message: `ssh can't say how it would reach ${destination}: ${why}`,
    hint: `Correct ssh's configuration; this must work: ssh ${file}-G ${destination}`,
  };
}

const wordsOf = (stderr: string): string =>
  stderr
    .split(/\r?\n/)
    .filter((line) => line !== '' && !/^(debug\d: |OpenSSH_)/.test(line))
    .slice(0, 5)
    .join('; ');

function filesOf(stderr: string): readonly string[] | undefined {
  if (!/^(debug1: )?OpenSSH_/m.test(stderr)) return undefined;
  return [...stderr.matchAll(/^debug1: Reading configuration data (.*?)\r?$/gm)].map(([, file = '']) => file);
}

const quoted = (value: string): string => (/[\s"'#]/.test(value) ? `"${value.replace(/["\\]/g, '\\$&')}"` : value);
