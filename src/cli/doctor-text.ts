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
const MOST_KINDS = 20;

/** Hosts with the same remedy together, the worst first; then who is fine, a line each. */
export function renderExamined(hosts: readonly ExaminedHost[], page: Page): string {
  const remedies = new Map<string, Remedy>();
  for (const { host, complaint } of hosts.flatMap(complaintsOfHost)) {
    const { severity, what, why, fix } = complaint;
    const key = JSON.stringify([severity, why, fix]);
    const remedy: Remedy = remedies.get(key) ?? { complaint, hosts: [], said: new Map() };
    remedies.set(key, remedy);
    remedy.hosts.push(host);
    // A host's own name in what is said of it makes it no other trouble.
    const kind = what.replaceAll(host, '');
    remedy.said.set(kind, [...(remedy.said.get(kind) ?? []), { host, what }]);
  }
  const sorted = [...remedies.values()].toSorted((a, b) => rank(a.complaint) - rank(b.complaint));
  const fine = hosts.filter((host) => troubleOf(host).length === 0);
  return [
    ...sorted.flatMap((remedy) => [
      ...block(foldNames(remedy.hosts), { ...remedy.complaint, what: saidOf(remedy) }, page),
      '',
    ]),
    ...fine.map(({ host, reached }) => fineLine(host, reached ?? '', page)),
    ...(fine.length === 0 ? [] : ['']),
    summary(hosts, page),
    '',
  ].join('\n');
}

interface Remedy {
  /** Of the first host. */
  readonly complaint: Complaint;
  readonly hosts: string[];
  /** What is so, by its kind. */
  readonly said: Map<string, readonly { readonly host: string; readonly what: string }[]>;
}

const complaintsOfHost = (host: ExaminedHost) => troubleOf(host).map((complaint) => ({ host: host.host, complaint }));

/** One line for each kind, with the hosts of which it is said where there are several kinds. */
function saidOf({ complaint, said }: Remedy): string {
  if (said.size === 1) return complaint.what;
  const lines = [...said.values()].map((same) => `${foldNames(same.map(({ host }) => host))}: ${same[0]?.what ?? ''}`);
  const rest = lines.length - MOST_KINDS;
  return (rest > 1 ? [...lines.slice(0, MOST_KINDS), `and ${rest} more`] : lines).join('\n');
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
