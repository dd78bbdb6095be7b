import type { ErrorInfo } from '../model/error.ts';
import { readText } from '../model/literal.ts';
import type { Param, Runbook } from '../model/runbook.ts';
import { err, ok, type Result } from '../util/result.ts';
import { suggest } from '../util/suggest.ts';
import { shorten } from '../util/shorten.ts';

export interface ParamOptions {
  readonly values: ReadonlyMap<string, unknown>;
  readonly errors: readonly ErrorInfo[];
}

/** Reads what was typed after `--param`, `name=value`, as the types of the runbook's params. */
export function readParamOptions(runbook: Runbook, options: readonly string[]): ParamOptions {
  const values = new Map<string, unknown>();
  const errors: ErrorInfo[] = [];
  const names = new Set<string>();
  for (const option of options) {
    const read = readOption(runbook, option, names);
    if (read.ok) values.set(read.value.name, read.value.value);
    else errors.push(read.error);
  }
  return { values, errors };
}

/** What to say next to an unknown name. */
export function knownParams(runbook: Runbook, name: string): string {
  const names = runbook.params.map((param) => param.name);
  const nearest = suggest(name, names);
  if (nearest !== undefined) return `did you mean ${nearest}?`;
  return names.length === 0 ? 'it has no params' : `it has ${names.join(', ')}`;
}

interface NamedValue {
  readonly name: string;
  readonly value: unknown;
}

function readOption(runbook: Runbook, option: string, seen: Set<string>): Result<NamedValue, ErrorInfo> {
  const [, name, text] = /^([^=]+)=(.*)$/s.exec(option) ?? [];
  if (name === undefined || text === undefined) {
    const hint = `write --param name=value, such as --param ${exampleOf(runbook)}`;
    return usage(`--param ${JSON.stringify(shorten(option))} is not name=value`, hint);
  }
  const param = runbook.params.find((each) => each.name === name);
  if (param === undefined) {
    return usage(
      `the runbook ${runbook.name} has no param ${JSON.stringify(shorten(name))}`,
      knownParams(runbook, name),
    );
  }
  if (seen.has(name)) return usage(`--param ${name} is given twice`, 'give it once');
  seen.add(name);
  if (text === '') {
    const hint = 'check the shell variable it comes from; an empty text can be given in a params file';
    return usage(`--param ${name}= has no value`, hint);
  }
  return readValue(param, text);
}

function readValue({ name, type, description }: Param, text: string): Result<NamedValue, ErrorInfo> {
  const read = readText(type, text);
  if (read.ok) return ok({ name, value: read.value });
  return err({
    code: 'usage',
    message: `--param ${name}: ${read.error}`,
    ...(description !== undefined && { hint: `${name}: ${description}` }),
  });
}

const exampleOf = ({ params }: Runbook): string => `${params[0]?.name ?? 'limit'}=...`;

const usage = (message: string, hint: string): Result<never, ErrorInfo> => err({ code: 'usage', message, hint });
