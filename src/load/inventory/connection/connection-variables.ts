/** Ansible's names of one setting; the first one that a host has wins, as it does there. */
export const NAMES = {
  address: ['ansible_ssh_host', 'ansible_host'],
  port: ['ansible_ssh_port', 'ansible_port'],
  user: ['ansible_ssh_user', 'ansible_user'],
  password: ['ansible_ssh_password', 'ansible_ssh_pass', 'ansible_password'],
  keyFile: ['ansible_ssh_private_key_file', 'ansible_private_key_file'],
  passphrase: ['ansible_ssh_private_key_passphrase', 'ansible_private_key_passphrase'],
  timeout: ['ansible_ssh_timeout', 'ansible_timeout'],
  args: ['ansible_ssh_args'],
  commonArgs: ['ansible_ssh_common_args'],
  extraArgs: ['ansible_ssh_extra_args'],
  connection: ['runbook_connection', 'ansible_connection'],
  program: ['ansible_ssh_executable'],
  checking: ['ansible_ssh_host_key_checking', 'ansible_host_key_checking'],
  shell: ['ansible_shell_type'],
  knownHosts: ['runbook_known_hosts'],
  pkcs11: ['ansible_ssh_pkcs11_provider'],
  method: ['ansible_become_method'],
} as const;

/** Those of becoming another user, by the method; `sudo` has its own ones, then all have these. */
export const becomeNames = (method: string, what: 'pass' | 'exe' | 'flags'): readonly string[] => [
  `ansible_${method}_${what}`,
  `ansible_become_${what}`,
  ...(what === 'pass' ? ['ansible_become_password'] : []),
];

const SECRETS: ReadonlySet<string> = new Set([
  ...NAMES.password,
  ...NAMES.passphrase,
  ...['sudo', 'su', 'doas'].flatMap((method) => becomeNames(method, 'pass')),
]);

/** Its value is a password: it is no variable for runbooks, and never shown. */
export const isSecretVariable = (name: string): boolean => SECRETS.has(name);

/** What else Ansible knows; all of it is about how it works there. */
const OTHERS = [
  ...[
    'become',
    'become_user',
    'sudo_user',
    'su_user',
    'python_interpreter',
    'pipelining',
    'ssh_pipelining',
    'remote_tmp',
  ],
  ...[
    'ssh_transfer_method',
    'scp_if_ssh',
    'sftp_batch_mode',
    'shell_executable',
    'ssh_retries',
    'ssh_use_tty',
    'facts',
  ],
  ...['control_path', 'control_path_dir', 'scp_executable', 'sftp_executable', 'scp_extra_args', 'sftp_extra_args'],
  ...['group_priority', 'network_os', 'sshpass_prompt', 'sudo', 'su', 'check_mode', 'diff_mode', 'async_dir', 'local'],
].map((name) => `ansible_${name}`);

export const KNOWN_VARIABLES: readonly string[] = [
  ...new Set([
    ...Object.values(NAMES).flat(),
    ...['sudo', 'su', 'doas'].flatMap((method) =>
      (['pass', 'exe', 'flags'] as const).flatMap((what) => becomeNames(method, what)),
    ),
    ...OTHERS,
  ]),
];
