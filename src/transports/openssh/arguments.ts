import { isAbsolute, resolve } from 'node:path';
import type { SshHost } from '../../model/host.ts';
import type { HostKeySettings } from '../../model/ssh-settings.ts';

/** Where one connection has its files: a folder of its own that nobody else can enter. */
export interface MasterFiles {
  readonly folder: string;
  readonly socket: string;
  /** What `ssh` itself says. Its stderr is left to what it starts: the `ssh` of a jump host, a proxy command. */
  readonly log: string;
  /** Read instead of the user's own when there are jump hosts; it includes that. */
  readonly config: string;
}

export interface MasterOptions {
  readonly timeoutMs: number;
  /** What it may ask for. */
  readonly asks: { readonly password: boolean; readonly passphrase: boolean };
}

/**
 * For the connection that carries all others. Of two options of one name `ssh` takes the first: ours before the inventory's, and
 * these before what is in its files.
 */
export function masterArguments(host: SshHost, files: MasterFiles, { timeoutMs, asks }: MasterOptions): string[] {
  const { destination, options, configFile } = host.ssh.program;
  const seconds = Math.max(1, Math.ceil(timeoutMs / 1000));
  const ours = {
    BatchMode: asks.password || asks.passphrase ? 'no' : 'yes',
    NumberOfPasswordPrompts: '1',
    ...(!asks.password && NO_PASSWORDS),
    ...strictness(host.ssh.hostKeys.unknown),
    ...NOTHING_ELSE,
    ...ALIVE,
    ConnectTimeout: `${seconds}`,
    ConnectionAttempts: '1',
    ControlMaster: 'yes',
    ControlPath: escaped(files.socket),
    ControlPersist: 'no',
    RemoteCommand: 'none',
    RequestTTY: 'no',
    EscapeChar: 'none',
    // The lowest level at which it says which host key it has verified.
    LogLevel: 'DEBUG1',
    FingerprintHash: 'sha256',
    VisualHostKey: 'no',
  };
  const all = [...pairs(ours, '='), ...options].flatMap((option) => ['-o', option]);
  const config = hasJumps(host) ? ['-F', files.config] : configFile === undefined ? [] : ['-F', configFile];
  return ['-N', '-T', '-E', files.log, ...config, ...all, '--', destination];
}

/** For one session or one forwarding over it. Without the connection it fails: it must never make one of its own. */
export function channelArguments({ socket }: MasterFiles): string[] {
  const ours = { ControlMaster: 'no', ControlPath: escaped(socket), ProxyCommand: 'false', LogLevel: 'DEBUG1' };
  return ['-F', 'none', '-T', ...pairs(ours, '=').flatMap((option) => ['-o', option])];
}

export const hasJumps = ({ ssh }: SshHost): boolean => ssh.route.kind === 'jumps';

/**
 * `ssh` starts another `ssh` for each jump host, and hands down to it nothing but this file: what must hold there too stands
 * before all else. A jump host is never asked for a password, and its key must be known as that of the host.
 */
export function jumpConfig({ ssh }: SshHost): string {
  const hops = ssh.route.kind === 'jumps' ? ssh.route.hops : [];
  const unknown = hops.every(({ hostKeys }) => hostKeys.unknown === 'add') ? 'add' : 'refuse';
  const ours = {
    BatchMode: 'yes',
    ...strictness(unknown),
    ...NOTHING_ELSE,
    ...ALIVE,
    ControlMaster: 'no',
    LogLevel: 'INFO',
  };
  return [...pairs(ours, ' '), ...included(ssh.program.configFile), ''].join('\n');
}

const strictness = (unknown: HostKeySettings['unknown']) => ({
  StrictHostKeyChecking: unknown === 'add' ? 'accept-new' : 'yes',
  NoHostAuthenticationForLocalhost: 'no',
  UpdateHostKeys: 'no',
});

/** Without one `ssh` would say an empty one, which is a failed login. The third is a name that OpenSSH before 8.7 has. */
const NO_PASSWORDS = {
  PasswordAuthentication: 'no',
  KbdInteractiveAuthentication: 'no',
  ChallengeResponseAuthentication: 'no',
};

const NOTHING_ELSE = {
  ForwardAgent: 'no',
  ForwardX11: 'no',
  ClearAllForwardings: 'yes',
  Tunnel: 'no',
  PermitLocalCommand: 'no',
};

const ALIVE = { ServerAliveInterval: '5', ServerAliveCountMax: '3' };

function included(configFile: string | undefined): readonly string[] {
  if (configFile === undefined) return ['Include ~/.ssh/config', 'Include /etc/ssh/ssh_config'];
  if (configFile === 'none') return [];
  return [`Include "${isAbsolute(configFile) || configFile.startsWith('~') ? configFile : resolve(configFile)}"`];
}

const pairs = (options: Readonly<Record<string, string>>, between: string): readonly string[] =>
  Object.entries(options).map(([name, value]) => `${name}${between}${value}`);

const escaped = (path: string): string => path.replaceAll('%', '%%');
