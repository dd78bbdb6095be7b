import type { ErrorInfo } from '../../model/error.ts';
import type { JumpHost, SshRoute } from '../../model/ssh-settings.ts';
import { err, ok, type Result } from '../../util/result.ts';
import { unreachable } from '../../util/unreachable.ts';
import type { ReadHop } from './hop.ts';
import type { Question } from './question.ts';

const MOST_HOPS = 8;

export interface ReadRoute {
  readonly route: SshRoute;
  /** Of all jump hosts. */
  readonly beyond: readonly string[];
}

/**
 * The way to one machine. As `ssh` does it: the last host of ProxyJump is reached with the others before it, the first one as its
 * own configuration says, and options given for the destination are not for the jump hosts.
 */
export async function routeOf(
  read: ReadHop,
  configFile: string | undefined,
  look: (question: Question) => Promise<Result<ReadHop, ErrorInfo>>,
  passed: readonly string[] = [],
): Promise<Result<ReadRoute, ErrorInfo>> {
  const { jumps, command } = read;
  if (jumps === undefined)
    return ok({ route: command === undefined ? { kind: 'direct' } : { kind: 'command', command }, beyond: [] });
  const [, before, last = ''] = /^(?:(.*),)?([^,]*)$/.exec(jumps) ?? [];
  const jump = parseJump(last);
  if (jump === undefined) return err(unusable(`the jump host "${last}" is not of the form user@host:port`));
  if (passed.includes(jumps))
    return err(unusable(`its jump hosts go round in a circle: ${[...passed, jumps].join(' <- ')}`));
  if (passed.length === MOST_HOPS)
    return err(unusable(`it is behind more than ${MOST_HOPS} jump hosts: ${passed.join(' <- ')}`));
  const hop = await look({
    ...jump,
    options: before === undefined ? [] : [`ProxyJump=${before}`],
    ...(configFile !== undefined && { configFile }),
  });
  if (!hop.ok) return hop;
  const way = await routeOf(hop.value, configFile, look, [...passed, jumps]);
  if (!way.ok) return way;
  const beyond = hop.value.beyond.map((why) => `at the jump host ${jump.destination}: ${why}`);
  const host: JumpHost = { name: jump.destination, ...hop.value.hop };
  return ok({ route: longer(way.value.route, host), beyond: [...way.value.beyond, ...beyond] });
}

function longer(route: SshRoute, host: JumpHost): SshRoute {
  switch (route.kind) {
    case 'direct':
      return { kind: 'jumps', hops: [host] };
    case 'command':
      return { kind: 'jumps', hops: [host], command: route.command };
    case 'jumps':
      return { ...route, hops: [...route.hops, host] };
    default:
      return unreachable(route);
  }
}

/** `user@host:port`, `user@[v6]:port`, `ssh://user@host:port`; user and port may be left out. */
function parseJump(text: string): Pick<Question, 'destination' | 'own'> | undefined {
  const word = text.replace(/^ssh:\/\//i, '').replace(/(?<=.)\/$/, '');
  const [, user, numeric, name, port] = /^(?:(.+)@)?(?:\[([^\]]+)\]|([^:[\]@]+))(?::(\d+))?$/.exec(word) ?? [];
  const destination = numeric ?? name;
  if (destination === undefined || destination.startsWith('-')) return undefined;
  return { destination, own: { ...(port !== undefined && { Port: port }), ...(user !== undefined && { User: user }) } };
}

const unusable = (message: string): ErrorInfo => ({
  code: 'configuration',
  message,
  hint: "Correct ProxyJump in ssh's configuration; ssh -G HOST shows what it says of a host.",
});
