import { basename } from 'node:path';
import { RUNBOOK_NAME, type Runbook } from '../../model/runbook.ts';
import { checkHostPattern } from '../host-pattern.ts';
import type { Report } from '../report.ts';
import type { YamlMap, YamlScalar } from '../yaml/node.ts';

type Title = Pick<Runbook, 'name' | 'summary' | 'description'>;

/** Name, summary, description and default hosts; undefined after reports. */
export function readHeader(root: YamlMap, report: Report): (Title & Pick<Runbook, 'hosts'>) | undefined {
  const title = readTitle(root, 'runbook', report);
  const hosts = scalarOf(root, 'hosts');
  if (hosts !== undefined) {
    refuseSpan(hosts, report);
    checkHostPattern(hosts, report);
  }
  return title === undefined ? undefined : { ...title, ...(hosts !== undefined && { hosts: hosts.text }) };
}

/** What a runbook or a fragment says of itself; undefined after reports. */
export function readTitle(root: YamlMap, kind: 'runbook' | 'fragment', report: Report): Title | undefined {
  const name = scalarOf(root, kind);
  const summary = scalarOf(root, 'summary');
  const description = scalarOf(root, 'description');
  if (name !== undefined) checkName(name, kind, report);
  if (summary !== undefined) checkSummary(summary, kind, report);
  if (report.source.text.includes('\r')) {
    const at = report.source.text.indexOf('\r');
    report.warning(
      'W_CRLF',
      { start: at, end: at + 1 },
      'the file has line ends of Windows',
      'they are read as plain line ends; convert the file',
    );
  }
  if (name === undefined || summary === undefined) return undefined;
  return {
    name: name.text,
    summary: summary.text,
    ...(description !== undefined && { description: description.text }),
  };
}

function checkSummary(summary: YamlScalar, kind: 'runbook' | 'fragment', report: Report): void {
  refuseSpan(summary, report);
  const what = kind === 'runbook' ? 'what is wrong when this runbook helps' : 'what the steps of this fragment do';
  if (summary.text.trim() === '') {
    report.error('E_VALUE', summary.at, 'summary is empty', `write in one line ${what}`);
  } else if (summary.text.includes('\n')) {
    report.error('E_VALUE', summary.at, 'summary must be one line', 'the longer text goes into description');
  }
}

function checkName(node: YamlScalar, kind: 'runbook' | 'fragment', report: Report): void {
  const file = basename(report.source.file).replace(/\.ya?ml$/, '');
  if (!RUNBOOK_NAME.test(node.text)) {
    report.error(
      'E_NAME',
      node.at,
      `${JSON.stringify(node.text.slice(0, 80))} cannot be the name of a ${kind}`,
      'lower-case letters, digits and -, beginning with a letter',
    );
  } else if (file !== node.text) {
    report.error(
      'E_NAME',
      node.at,
      `the ${kind} is called ${node.text}, its file ${basename(report.source.file)}`,
      `rename the file to ${node.text}.yaml, or write ${kind}: ${file}`,
    );
  }
}

function refuseSpan(node: YamlScalar, report: Report): void {
  if (node.text.includes('${{'))
    report.error('E_TEMPLATE', node.at, 'there is nothing yet that a ${{ }} could show here', 'write it out');
}

function scalarOf(root: YamlMap, key: string): YamlScalar | undefined {
  const value = root.entries.get(key)?.value;
  return value?.kind === 'scalar' && typeof value.value === 'string' ? value : undefined;
}
