import type { Param } from '../../model/runbook.ts';
import type { Fields } from '../../model/type.ts';
import type { Input, Inputs } from '../expression/typed-scope.ts';
import type { Place } from '../place.ts';
import { Report } from '../report.ts';
import { scanSpans } from '../spans.ts';
import { compilePiece } from '../text.ts';
import { readEachField } from '../value/read-value.ts';
import { literalTree } from '../value/tree.ts';
import { headOf, type YamlMap, type YamlNode } from '../yaml/node.ts';
import type { Include } from './frame.ts';

/** What `with` gives to the params of a fragment, or else their defaults. What is wrong is reported, and left out. */
export function readInputs({ node, fragment }: Include, place: Place): Inputs {
  const written = node.entries.get('with')?.value;
  const given = written?.kind === 'map' ? withoutBroken(written, fragment.broken) : EMPTY;
  const at = node.entries.get('with')?.key ?? node.entries.get('include')?.key ?? headOf(node);
  const read = readEachField(
    fieldsOf(fragment.params),
    given,
    { owner: fragment.name, at, mayBeSecret: () => false },
    place,
  );
  const inputs = new Map<string, Input>(read.fields);
  for (const { name, type, default: value } of fragment.params) {
    const entry = given.entries.get(name);
    if (type.kind === 'secret' && entry !== undefined && inputs.has(name) && !isSecret(entry.value, place)) {
      const hint = 'declare a param of type secret, and give it whole: "${{ params.x }}"';
      place.report.error('E_SECRET', entry.value.at, `${name} is a secret, and this is none`, hint);
    }
    if (value !== undefined && entry === undefined) inputs.set(name, literalTree(value));
  }
  return inputs;
}

const EMPTY: Pick<YamlMap, 'entries'> = { entries: new Map() };

function withoutBroken({ entries }: YamlMap, broken: ReadonlySet<string>): Pick<YamlMap, 'entries'> {
  return { entries: new Map([...entries].filter(([name]) => !broken.has(name))) };
}

function fieldsOf(params: readonly Param[]): Fields {
  return Object.fromEntries(
    params.map(({ name, type, description, default: value }) => [
      name,
      { type, description: description ?? `write with: { ${name}: ... }`, optional: value !== undefined },
    ]),
  );
}

function isSecret(node: YamlNode, place: Place): boolean {
  const pieces = node.kind === 'scalar' ? scanSpans(node.text) : undefined;
  const [only, ...more] = pieces?.ok === true ? pieces.value : [];
  if (node.kind !== 'scalar' || only?.kind !== 'span' || more.length > 0) return false;
  // What else is wrong with it has been reported.
  const compiled = compilePiece(only, node, { ...place, typed: place.typed, report: new Report(place.report.source) });
  return compiled?.shape.kind === 'secret' || compiled?.shape.kind === 'unknown';
}
