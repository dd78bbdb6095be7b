import { complaintOfError } from '../app/doctor/doctor.ts';
import type { ExaminedHost } from '../app/doctor/examine-host.ts';
import type { Complaint } from '../model/complaint.ts';
import { count } from '../util/count.ts';
import { printable, printableLine } from '../util/printable.ts';
import { wrap } from '../util/wrap.ts';
import { foldNames } from './fold-names.ts';
import type { TerminalStream } from './terminal.ts';

type Page = Pick<TerminalStream, 'style' | 'columns'>;

const INDENT = '    ';

/** Those with the same trouble together, the worst first; then who is fine, in one line each way of being reached. */
export function renderExamined(hosts: readonly ExaminedHost[], page: Page): string {
  const troubled = hosts.flatMap((host) => troubleOf(host).map((complaint) => ({ host: host.host, complaint })));
  const kinds = new Map<string, { complaint: Complaint; hosts: string[] }>();
  for (const { host, complaint } of troubled) {
    const key = JSON.stringify({ ...complaint, what: complaint.what.replaceAll(host, '') });
    const kind = kinds.get(key);
    if (kind === undefined) kinds.set(key, { complaint, hosts: [host] });
    else kind.hosts.push(host);
  }
  const sorted = [...kinds.values()].toSorted((a, b) => rank(a.complaint) - rank(b.complaint));
  const fine = hosts.filter((host) => troubleOf(host).length === 0);
  return [
    ...sorted.flatMap(({ complaint, hosts: names }) => [...block(foldNames(names), complaint, page), '']),
    ...fine.map(({ host, reached }) => fineLine(host, reached ?? '', page)),
    ...(fine.length === 0 ? [] : ['']),
    summary(hosts, page),
    '',
  ].join('\n');
}

/** What is wrong with this machine; one line when nothing is. */
export function renderController(complaints: readonly Complaint[], inventory: string, page: Page): string {
  const name = 'this machine';
  if (complaints.length === 0) return `${fineLine(name, inventory, page)}\n`;
  return complaints.flatMap((complaint) => [...block(name, complaint, page), '']).join('\n');
}

export function troubleOf({ complaints, error }: ExaminedHost): readonly Complaint[] {
  return error === undefined ? complaints : [complaintOfError(error), ...complaints];
}

const rank = ({ severity }: Complaint): number => (severity === 'problem' ? 0 : 1);

function block(title: string, { severity, what, why, fix }: Complaint, page: Page): readonly string[] {
  const tone = severity === 'problem' ? 'bad' : 'warn';
  const mark = severity === 'problem' ? '✖' : '▲';
  return [
    `${page.style(tone, mark)} ${page.style('strong', printableLine(title))}`,
    ...lines(what, page),
    ...(why === undefined ? [] : lines(why, page).map((line) => page.style('dim', line))),
    ...lines(fix, page).map((line) => page.style('accent', line)),
  ];
}

const lines = (text: string, { columns }: Page): readonly string[] =>
  wrap(printable(text), Math.max(30, columns() - INDENT.length)).map((line) => INDENT + line);

const fineLine = (name: string, how: string, { style }: Page): string =>
  `${style('good', '✔')} ${style('strong', printableLine(name))}  ${style('dim', printableLine(how))}`.trimEnd();

function summary(hosts: readonly ExaminedHost[], { style }: Page): string {
  const has = (host: ExaminedHost, severity: Complaint['severity']): boolean =>
    troubleOf(host).some((complaint) => complaint.severity === severity);
  const bad = hosts.filter((host) => has(host, 'problem')).length;
  const warned = hosts.filter((host) => !has(host, 'problem') && has(host, 'warning')).length;
  const fine = hosts.length - bad - warned;
  const parts = [
    ...(bad > 0 ? [style('bad', `${count(bad, 'host')} a run would not get through on`)] : []),
    ...(warned > 0 ? [style('warn', `${warned} with less than they could have`)] : []),
    ...(fine > 0 ? [style('good', `${fine} ready`)] : []),
  ];
  return parts.join(', ');
}
