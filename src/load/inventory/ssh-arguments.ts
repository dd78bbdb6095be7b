import { err, ok, type Result } from '../../util/result.ts';

/** Variables in which Ansible passes options to the ssh program. */
export const SSH_ARGUMENTS = ['ansible_ssh_common_args', 'ansible_ssh_extra_args', 'ansible_ssh_args'] as const;

export interface SshArguments {
  readonly knownHostsFile?: string;
}

/** Options of ssh_config(5) that only say what is so anyway, or how ssh keeps its own connections. */
const WITHOUT_MEANING: Readonly<Record<string, RegExp>> = {
  stricthostkeychecking: /^(?:yes|ask)$/i,
  batchmode: /^yes$/i,
  forwardagent: /^no$/i,
  forwardx11: /^no$/i,
  passwordauthentication: /^no$/i,
  kbdinteractiveauthentication: /^no$/i,
  gssapiauthentication: /^no$/i,
  preferredauthentications: /^publickey$/i,
  controlmaster: /./,
  controlpersist: /./,
  controlpath: /./,
  serveraliveinterval: /./,
  serveralivecountmax: /./,
  loglevel: /./,
  compression: /./,
};

/** Reads `-o Key=Value ...`. An option that would change whom we reach or trust, and is not honoured, is an error that names it. */
export function parseSshArguments(text: string): Result<SshArguments, string> {
  let knownHostsFile: string | undefined;
  const words = text.split(/\s+/).filter((word) => word !== '');
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (!word.startsWith('-o')) return err(`the ssh option ${word} is not supported by this version`);
    const option = word === '-o' ? (words[(index += 1)] ?? '') : word.slice(2);
    const [, key = '', value = ''] = /^([A-Za-z0-9]+)=(.*)$/.exec(option) ?? [];
    const name = key.toLowerCase();
    if (name === 'userknownhostsfile' && value !== '' && value !== '/dev/null') knownHostsFile = value;
    else if (name === 'stricthostkeychecking' || name === 'userknownhostsfile') {
      if (WITHOUT_MEANING[name]?.test(value) !== true)
        return err('host keys are always checked against a known_hosts file');
    } else if (!Object.hasOwn(WITHOUT_MEANING, name) || WITHOUT_MEANING[name]?.test(value) !== true) {
      return err(`the ssh option ${option} is not supported by this version`);
    }
  }
  return ok(knownHostsFile === undefined ? {} : { knownHostsFile });
}
