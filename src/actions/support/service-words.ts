import { excerpt, type Section } from './sections.ts';

/** The first line of a complaint, with the next one where the first only says where. */
export function words(section: Section, otherwise = ''): string {
  const [first, second] = section.lines.map((line) => line.trim()).filter((line) => line !== '');
  if (first === undefined) return withRemedy(otherwise) || `exit code ${section.code}`;
  return withRemedy(excerpt(first.endsWith(':') && second !== undefined ? `${first} ${second}` : first, 300));
}

function withRemedy(complaint: string): string {
  return DENIED.test(complaint) ? `${complaint} (it takes root: become: true)` : complaint;
}

/** Rights are missing: nothing else that is in the way matters yet. */
export function isDenied({ lines }: Section): boolean {
  return lines.some((line) => DENIED.test(line));
}

// systemctl with and without polkit, rc-service, and init scripts that write below /run.
const DENIED =
  /access denied|interactive authentication required|superuser access required|permission denied|must be root/i;

/** Of an init script, whose words are on the standard error of everything. */
export function lastLines(stderr: string): string {
  return joined(stderr.split('\n'), 5);
}

/** Why a unit failed: the last lines of its journal, each once, without what systemd says each time that it tries and gives up. */
export function ownWords(lines: readonly string[]): string {
  return joined(
    lines.filter((line, at) => !ROUTINE.test(line) && lines.lastIndexOf(line) === at),
    4,
  );
}

const ROUTINE =
  /^(Starting |Started |Stopping |Stopped |Failed to start |Listening on |Closed )|: (Start request repeated too quickly|Failed with result|Scheduled restart job|Deactivated successfully|Succeeded|Consumed )/;

function joined(lines: readonly string[], most: number): string {
  return lines
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .slice(-most)
    .map((line) => excerpt(line))
    .join(' | ');
}
