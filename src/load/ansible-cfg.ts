import { dirname, isAbsolute, join, resolve } from 'node:path';
import type { Diagnostic, SourceFile } from '../model/source.ts';
import { withoutUnchecked } from './inventory/connection/ssh-arguments.ts';
import type { ConnectionDefault, VaultPasswordSource } from './inventory.ts';
import { readIniSections, type IniSetting } from './ini-sections.ts';
import { Report } from './report.ts';

/** What of an ansible.cfg decides which hosts there are and how they are reached. All else in it is Ansible's own. */
export interface AnsibleCfg {
  readonly file: string;
  /** As `-i` each; paths from where the file is. */
  readonly inventory: readonly string[];
  /** Weaker than all that an inventory says. */
  readonly defaults: readonly ConnectionDefault[];
  readonly vaultPasswords: readonly VaultPasswordSource[];
}

/** What paths in it may begin with or hold, and where it was found from. */
export interface PathWords {
  readonly home: string;
  /** Ours, and `{{CWD}}`. */
  readonly directory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const LARGEST = 256 * 1024;

/** Of two settings that mean the same, the later one here wins, as in Ansible. */
const DEFAULTS: readonly (readonly [section: string, key: string, variable: string])[] = [
  ['defaults', 'remote_user', 'ansible_user'],
  ['defaults', 'remote_port', 'ansible_port'],
  ['defaults', 'private_key_file', 'ansible_ssh_private_key_file'],
  ['defaults', 'transport', 'ansible_connection'],
  ['defaults', 'timeout', 'ansible_ssh_timeout'],
  ['ssh_connection', 'timeout', 'ansible_ssh_timeout'],
  ['ssh_connection', 'ssh_args', 'ansible_ssh_args'],
  ['ssh_connection', 'ssh_common_args', 'ansible_ssh_common_args'],
  ['ssh_connection', 'ssh_extra_args', 'ansible_ssh_extra_args'],
  ['ssh_connection', 'ssh_executable', 'ansible_ssh_executable'],
  ['privilege_escalation', 'become_method', 'ansible_become_method'],
  ['privilege_escalation', 'become_exe', 'ansible_become_exe'],
];

/** Reads an ansible.cfg. Undefined when it can't be read as Ansible would; then Ansible would not start either. */
export function loadAnsibleCfg(
  source: SourceFile,
  words: PathWords,
): { readonly cfg?: AnsibleCfg; readonly diagnostics: readonly Diagnostic[] } {
  const report = new Report(source);
  if (source.text.length > LARGEST) {
    report.error('E_SIZE', { start: 0, end: 0 }, `the file is larger than ${LARGEST / 1024} KiB`, 'no ansible.cfg is');
    return { diagnostics: report.diagnostics };
  }
  const settings = readIniSections(report);
  const find = (section: string, key: string): IniSetting | undefined =>
    settings.find((setting) => setting.section === section && setting.key === key && setting.value.trim() !== '');
  const near = (text: string): string => pathFrom(text, source.file, words);
  const path = (text: string): string => resolve(words.directory, near(text));
  const defaults = new Map<string, ConnectionDefault>();
  for (const [section, key, variable] of DEFAULTS) {
    const setting = find(section, key);
    if (setting === undefined) continue;
    const value = valueOf(key, setting, path, report);
    if (value !== '') defaults.set(variable, { variable, value, at: report.lines.range(setting.at) });
  }
  for (const section of ['defaults', 'ssh_connection']) warnOfUncheckedKeys(find(section, 'host_key_checking'), report);
  const passwordFile = find('defaults', 'vault_password_file');
  const identities = find('defaults', 'vault_identity_list');
  const cfg: AnsibleCfg = {
    file: source.file,
    inventory: listOf(find('defaults', 'inventory')).map(near),
    defaults: [...defaults.values()],
    vaultPasswords: [
      ...listOf(identities).flatMap((each) => readIdentity(unquoted(each), identities, path, report)),
      ...(passwordFile === undefined ? [] : [{ id: 'default', file: path(passwordFile.value) }]),
    ],
  };
  return { ...(!report.failed && { cfg }), diagnostics: report.diagnostics };
}

const TRUE = /^(?:y|yes|on|1|true|t|1\.0)$/i;

function warnOfUncheckedKeys(setting: IniSetting | undefined, report: Report): void {
  if (setting !== undefined && !TRUE.test(setting.value.trim()))
    warnOfStrictness('host_key_checking off', setting, report);
}

function warnOfStrictness(what: string, setting: IniSetting, report: Report): void {
  const message = `not followed: ${what}; host keys are always checked`;
  const hint = 'put the keys into known_hosts once; to take new ones: -o StrictHostKeyChecking=accept-new in ssh_args';
  report.warning('W_NOT_FOLLOWED', setting.at, message, hint);
}

/** Ansible's own users write these here, where they hold for Ansible too: they are left out, which is stricter. */
function valueOf(key: string, setting: IniSetting, path: (text: string) => string, report: Report): string {
  if (key === 'private_key_file') return path(setting.value);
  if (!key.endsWith('_args')) return unquoted(setting.value);
  const { text, left } = withoutUnchecked(unquoted(setting.value));
  if (left.length > 0) warnOfStrictness(`${left.join(' and ')} in ${key}`, setting, report);
  return text;
}

function readIdentity(
  text: string,
  setting: IniSetting | undefined,
  path: (text: string) => string,
  report: Report,
): readonly VaultPasswordSource[] {
  const [, id = 'default', file = ''] = /^(?:([^@]*)@)?(.*)$/s.exec(text) ?? [];
  if (file !== 'prompt' && file !== 'prompt_ask_vault_pass') return [{ id, file: path(file) }];
  const hint = 'put the password into a file that only you can read, and name it: --vault-password-file FILE';
  if (setting !== undefined)
    report.warning('W_NOT_FOLLOWED', setting.at, `the password of the vault id ${id} is not asked for`, hint);
  return [];
}

const listOf = (setting: IniSetting | undefined): readonly string[] =>
  (setting?.value ?? '')
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');

function unquoted(text: string): string {
  const trimmed = text.trim();
  return /^(["'])(.*)\1$/s.exec(trimmed)?.[2] ?? trimmed;
}

/** A variable that is not set stays as it is written. */
function pathFrom(text: string, file: string, { home, directory, environment }: PathWords): string {
  const written = text
    .trim()
    .replaceAll('{{CWD}}', directory)
    .replaceAll(/\$(?:(\w+)|\{([^}]{0,255})\})/g, (whole, plain?: string, braced?: string) => {
      return environment[plain ?? braced ?? ''] ?? whole;
    });
  if (/^~(?:\/|$)/.test(written)) return join(home, written.slice(1));
  return isAbsolute(written) ? written : join(dirname(file), written);
}
