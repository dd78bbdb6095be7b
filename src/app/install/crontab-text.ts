import { err, ok, type Result } from '../../util/result.ts';
import { MARK, type Installation } from './installation.ts';

/** Debian's cron takes no longer command (MAX_COMMAND), in bytes. */
const LONGEST = 998;

const beginOf = (name: string): string => `# BEGIN ${MARK} ${name}: the same with --remove takes it away`;
const endOf = (name: string): string => `# END ${MARK} ${name}`;

/** The block of a schedule, with its line. `flock`: of util-linux, a full path. The error is for people, with the way out. */
export function crontabBlock(
  { schedule, argv, environment, stateDirectory }: Installation,
  times: string,
  flock: string,
): Result<string, string> {
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${quote(value)}`);
  // As overlap: skip: one that still runs is not started again, and nothing is said.
  const lock = [flock, '-n', '-o', '-E', '0', `${stateDirectory}/schedule-${schedule.name}.lock`];
  const command = [...variables, ...[...lock, ...argv].map(quote)].join(' ');
  if (/[\n\0]/.test(command)) return err('a line of a crontab can hold no line break; use --systemd');
  if (/\\[\\%]/.test(command)) return err(`a line of a crontab cannot hold ${String.raw`\\ or \%`}; use --systemd`);
  const escaped = command.replaceAll('%', String.raw`\%`);
  if (Buffer.byteLength(escaped) > LONGEST) return err(`a line of a crontab may have ${LONGEST} bytes; use --systemd`);
  return ok(`${beginOf(schedule.name)}\n${times} ${escaped}\n${endOf(schedule.name)}\n`);
}

/**
 * The crontab with this block in the place of the one of that name, or at its end; without any when it is empty. All else stays byte
 * for byte: each sign of the crontab, given and returned, is a byte. Undefined: nothing would change. The error is for people.
 */
export function withBlock(crontab: string, name: string, text: string): Result<string | undefined, string> {
  const block = Buffer.from(text).toString('latin1');
  const lines = crontab.split(/(?<=\n)/);
  const begin = lines.findIndex((line) => line.trimEnd().startsWith(`# BEGIN ${MARK} ${name}:`));
  const end = lines.findIndex((line, index) => index > begin && line.trimEnd() === endOf(name));
  if (begin === -1) {
    if (block === '') return ok(undefined);
    return ok(`${crontab === '' || crontab.endsWith('\n') ? crontab : `${crontab}\n`}${block}`);
  }
  if (end === -1) return err(`the crontab has "${lines[begin]?.trimEnd()}", and no line "${endOf(name)}" after it`);
  const changed = [...lines.slice(0, begin), block, ...lines.slice(end + 1)].join('');
  return ok(changed === crontab ? undefined : changed);
}

const quote = (word: string): string =>
  /^[A-Za-z0-9_@+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
