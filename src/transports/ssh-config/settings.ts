import { userInfo } from 'node:os';
import type { ErrorInfo } from '../../model/error.ts';
import type { InventoryHost } from '../../model/host.ts';
import type { SshSettings } from '../../model/ssh-settings.ts';
import { err, ok, type Result } from '../../util/result.ts';
import type { Answer } from './answer.ts';
import { askTogether, type Ask } from './answers.ts';
import type { Controller } from './controller.ts';
import { Files } from './files.ts';
import { readHop, type ReadHop } from './hop.ts';
import { routeOf } from './jumps.ts';
import { askSsh, programArguments, type Question } from './question.ts';

/** What the inventory says of a host; ssh's configuration says the rest. */
export type Asked = Pick<
  InventoryHost,
  | 'name'
  | 'address'
  | 'port'
  | 'user'
  | 'privateKeyFile'
  | 'knownHostsFile'
  | 'sshOptions'
  | 'sshConfigFile'
  | 'connectTimeoutMs'
>;

/**
 * How `ssh` would reach each of the hosts, by name. Contacts none of them. An error: nothing can be known of one of them. Where no
 * program `ssh` is, its files are read, as far as that can be done without it.
 */
export async function sshSettings(
  hosts: readonly Asked[],
  surroundings: Controller,
): Promise<Result<ReadonlyMap<string, SshSettings>, ErrorInfo>> {
  if (hosts.length === 0) return ok(new Map());
  const controller = { ...surroundings, home: homeOf(surroundings) };
  let isThere = true;
  const bySsh = await settle(hosts, controller, async (question) => {
    const answered = await askSsh(question, controller);
    if (answered.ok) return answered;
    isThere &&= answered.error !== 'no-client';
    return err(answered.error === 'no-client' ? NO_CLIENT : answered.error);
  });
  if (isThere) return bySsh;
  const { askFiles } = await import('./without-client.ts');
  return settle(hosts, controller, (question) => askFiles(question, controller));
}

async function settle(
  hosts: readonly Asked[],
  controller: Controller,
  asking: Ask,
): Promise<Result<ReadonlyMap<string, SshSettings>, ErrorInfo>> {
  const ask = once(asking);
  const questions = hosts.map(questionOf);
  const answers = await askTogether(questions, ask, controller.directory);
  if (!answers.ok) return answers;
  const files = new Files();
  const read = (answer: Answer, { destination }: Question): Result<ReadHop, ErrorInfo> =>
    readHop(answer, destination, controller, files);
  const look = async (question: Question): Promise<Result<ReadHop, ErrorInfo>> => {
    const answered = await ask(question);
    return answered.ok ? read(answered.value.answer, question) : answered;
  };
  const settings = new Map<string, SshSettings>();
  for (const [index, { name }] of hosts.entries()) {
    const question = questions[index] as Question;
    const own = read(answers.value[index] as Answer, question);
    if (!own.ok) return err(about(name, own.error));
    const way = await routeOf(own.value, question.configFile, look);
    if (!way.ok) return err(about(name, way.error));
    const { hop, beyond } = own.value;
    const program = programArguments(question);
    settings.set(name, { ...hop, route: way.value.route, program, beyond: [...beyond, ...way.value.beyond] });
  }
  return ok(settings);
}

/** A key that the inventory names is the only one that is shown, unless its options say otherwise. */
function questionOf(host: Asked): Question {
  const { address, port, user, privateKeyFile, knownHostsFile, connectTimeoutMs, sshOptions, sshConfigFile } = host;
  return {
    destination: address,
    own: {
      ...(port !== undefined && { Port: String(port) }),
      ...(user !== undefined && { User: user }),
      ...(privateKeyFile !== undefined && { IdentityFile: privateKeyFile }),
      ...(knownHostsFile !== undefined && { UserKnownHostsFile: knownHostsFile }),
      ...(connectTimeoutMs !== undefined && { ConnectTimeout: String(Math.ceil(connectTimeoutMs / 1000)) }),
    },
    options: privateKeyFile === undefined ? sshOptions : [...sshOptions, 'IdentitiesOnly=yes'],
    ...(sshConfigFile !== undefined && { configFile: sshConfigFile }),
  };
}

/** Jump hosts are asked about for every host behind them. */
function once(ask: Ask): Ask {
  const asked = new Map<string, ReturnType<Ask>>();
  return (question) => {
    const key = JSON.stringify(question);
    const answer = asked.get(key) ?? ask(question);
    asked.set(key, answer);
    return answer;
  };
}

const about = (name: string, error: ErrorInfo): ErrorInfo => ({ ...error, message: `${name}: ${error.message}` });

/** A container's user may have no entry. */
function homeOf({ home }: Controller): string {
  try {
    return userInfo().homedir;
  } catch {
    return home;
  }
}

const NO_CLIENT: ErrorInfo = { code: 'configuration', message: 'there is no program ssh here' };
