import type { Param } from '../../model/runbook.ts';
import type { Report } from '../report.ts';
import type { YamlMap } from '../yaml/node.ts';
import type { Fragment } from './frame.ts';
import { readTitle } from './header.ts';
import { readParams } from './params.ts';

/** Name and params of a fragment; undefined after a report that it has no name. */
export function readFragmentHeader(root: YamlMap, report: Report): Fragment | undefined {
  const title = readTitle(root, 'fragment', report);
  const node = root.entries.get('params')?.value;
  const { params, broken } = readParams(node, report);
  for (const param of params) refuseSecretDefault(param, report);
  return title === undefined ? undefined : { name: title.name, params, broken };
}

function refuseSecretDefault({ name, type, default: value, at }: Param, report: Report): void {
  if (type.kind !== 'secret' || value === undefined) return;
  report.error(
    'E_SECRET',
    { start: at.start.offset, end: at.end.offset },
    `${name} is a secret: a fragment has no value for it`,
    'remove the default: each include gives it, as "${{ params.x }}"',
  );
}
