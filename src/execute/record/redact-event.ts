import type { EventBody } from '../../model/event.ts';
import type { Json } from '../../util/json.ts';
import type { Redactor } from '../../util/redact.ts';

/** What a host or a param filled: every text in it is masked, names of members too. */
const DATA = new Set(['output', 'item', 'items', 'params', 'facts']);

/** Names the runbook, the inventory or the engine gave. A secret that happens to be `ok` must not break the record. */
const NAMES = new Set([
  'type',
  'host',
  'on',
  'onceBy',
  'delegates',
  'hosts',
  'step',
  'execution',
  'lap',
  'phase',
  'action',
  'status',
  'outcome',
  'severity',
  'state',
  'kind',
  'code',
  'mode',
  'moment',
  'stream',
  'how',
  'sha256',
  'id',
  'risk',
  'runbook',
  'runId',
  'incarnation',
  'bootId',
  'runbookSha256',
  'planSha256',
  'plan',
  'itemKey',
  'runbookFile',
  'inventories',
  'ansibleCfg',
  'vaultPasswordFiles',
  'paramsFile',
  'secretsFile',
  'ageIdentity',
]);

/** Pure: the same event as plain JSON without any known secret. */
export function redactEvent<T extends EventBody>(body: T, redactor: Redactor): T;
export function redactEvent(body: EventBody, redactor: Redactor): Json {
  return redactMember(body as unknown as Json, redactor);
}

function redactMember(value: Json, redactor: Redactor): Json {
  // The engine's own numbers, such as how long something took, are those that reporters reckon with.
  if (typeof value === 'number') return value;
  if (typeof value !== 'object' || value === null) return redactor.json(value);
  if (Array.isArray(value)) return value.map((element: Json) => redactMember(element, redactor));
  const members = Object.entries(value).map(([name, member]): [string, Json] => {
    if (DATA.has(name)) return [name, redactor.json(member)];
    if (NAMES.has(name) && isName(member)) return [name, member];
    return [name, redactMember(member, redactor)];
  });
  return Object.fromEntries<Json>(members);
}

function isName(member: Json): boolean {
  return (
    typeof member === 'string' || (Array.isArray(member) && member.every((element) => typeof element === 'string'))
  );
}
