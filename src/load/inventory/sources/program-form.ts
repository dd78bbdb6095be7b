import type { Diagnostic } from '../../../model/source.ts';
import { mapLimited } from '../../../util/map-limited.ts';
import { err, ok, type Result } from '../../../util/result.ts';
import { quoteShort } from '../../../util/shorten.ts';
import { aboutFile } from '../../read-file.ts';
import { VaultedSecret } from '../../vaulted-secret.ts';
import { rangeOf, type InventoryEntries, type Variable } from '../entries.ts';
import { MOST_HOSTS } from './host-range.ts';
import type { SourceReader } from '../files/source-reader.ts';

/** As many as are asked at once by `--host`, where a program does not give all of them by `--list`. */
const MOST_AT_ONCE = 8;

type Json = Readonly<Record<string, unknown>>;

/**
 * Adds what a program says: `--list` prints groups in JSON, with `_meta.hostvars`; without that, `--host NAME` prints the variables
 * of one host. What is wrong is about the program as a whole.
 */
export async function addProgram(
  program: string,
  reader: SourceReader,
  entries: InventoryEntries,
): Promise<readonly Diagnostic[]> {
  const listed = await jsonFrom(program, ['--list'], reader);
  if (!listed.ok) return [listed.error];
  const form = new ProgramForm(program, reader, entries);
  for (const [name, data] of Object.entries(listed.value)) if (name !== '_meta') form.group(name, data);
  const meta = listed.value['_meta'];
  const known = isMap(meta) ? meta['hostvars'] : undefined;
  if (known !== undefined) {
    for (const host of form.hosts) form.hostVars(host, isMap(known) ? (ownOf(known, host) ?? {}) : known);
    return form.diagnostics;
  }
  const asked = await mapLimited([...form.hosts], MOST_AT_ONCE, async (host) => ({
    host,
    vars: await jsonFrom(program, ['--host', host], reader),
  }));
  for (const { host, vars } of asked) {
    if (vars.ok) form.hostVars(host, vars.value);
    else form.diagnostics.push(vars.error);
  }
  return form.diagnostics;
}

async function jsonFrom(
  program: string,
  args: readonly string[],
  { files }: SourceReader,
): Promise<Result<Json, Diagnostic>> {
  const ran = await files.run(program, args);
  if (!ran.ok) return err(aboutFile(program, ran.error));
  if (ran.value.trim() === '' && args[0] === '--host') return ok({});
  const why = (message: string): Result<never, Diagnostic> => {
    const hint = `see what it prints: ${program} ${args.join(' ')}`;
    return err(aboutFile(program, { code: 'E_PROGRAM', message, hint }));
  };
  if (ran.value.trim() === '') return why(`the program printed nothing for ${args.join(' ')}`);
  try {
    const value: unknown = JSON.parse(ran.value, exactly);
    return isMap(value) ? ok(value) : why('the program did not print an object of JSON');
  } catch {
    return why('the program did not print JSON');
  }
}

/** A whole number that a double cannot hold stays the text it was. */
function exactly(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const isInexact = typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value);
  return isInexact ? (context?.source ?? value) : value;
}

class ProgramForm {
  readonly hosts = new Set<string>();
  readonly diagnostics: Diagnostic[] = [];
  readonly #program: string;
  readonly #reader: SourceReader;
  readonly #entries: InventoryEntries;

  constructor(program: string, reader: SourceReader, entries: InventoryEntries) {
    this.#program = program;
    this.#reader = reader;
    this.#entries = entries;
  }

  /** A list is a list of hosts; a map without any of the three keys has the variables of a host of the group's name. */
  group(name: string, data: unknown): void {
    if (name === '') return this.#fail('a group has no name');
    this.#entries.addGroup(name);
    if (!isMap(data)) return this.#hosts(name, data);
    if (!['hosts', 'vars', 'children'].some((key) => Object.hasOwn(data, key))) {
      this.#hosts(name, [name]);
      return this.#vars(name, data);
    }
    if (Object.hasOwn(data, 'hosts')) this.#hosts(name, data['hosts']);
    if (Object.hasOwn(data, 'vars')) this.#vars(name, data['vars']);
    if (Object.hasOwn(data, 'children')) this.#children(name, data['children']);
  }

  hostVars(host: string, vars: unknown): void {
    if (isMap(vars)) this.#vars(host, vars);
    else this.#fail(`the variables of ${quoteShort(host)} are no object`);
  }

  #hosts(group: string, hosts: unknown): void {
    if (!Array.isArray(hosts)) return this.#fail(`the hosts of ${quoteShort(group)} are no list`);
    for (const host of hosts) {
      if (typeof host !== 'string' || host === '') return this.#fail(`${quoteShort(group)} has a host that is no text`);
      if (this.#entries.hosts.size >= 2 * MOST_HOSTS) return this.#fail(`more than ${MOST_HOSTS} hosts`);
      this.hosts.add(host);
      this.#entries.addHost(host, group, { program: this.#program });
    }
  }

  #vars(entity: string, vars: unknown): void {
    if (!isMap(vars)) return this.#fail(`the variables of ${quoteShort(entity)} are no object`);
    for (const [name, value] of Object.entries(vars)) {
      const set = this.#entries.setVariable(entity, this.#variable(name, value));
      if (!set.ok) this.#fail(`${quoteShort(entity)}: ${set.error}`);
    }
  }

  #children(group: string, children: unknown): void {
    if (!Array.isArray(children)) return this.#fail(`the children of ${quoteShort(group)} are no list`);
    for (const child of children) {
      if (typeof child !== 'string' || child === '')
        return this.#fail(`${quoteShort(group)} has a child that is no text`);
      const added = this.#entries.addChild(group, child);
      if (!added.ok) this.#fail(added.error);
    }
  }

  #variable(name: string, value: unknown): Variable {
    return { name, value: this.#value(value), where: { program: this.#program } };
  }

  #value(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => this.#value(item));
    if (!isMap(value)) return value;
    const vault = value['__ansible_vault'];
    if (typeof vault === 'string')
      return new VaultedSecret(rangeOf({ program: this.#program }), () => this.#reader.passwords.open(vault));
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.#value(item)]));
  }

  #fail(message: string): void {
    const hint = `see what it prints: ${this.#program} --list`;
    this.diagnostics.push(aboutFile(this.#program, { code: 'E_PROGRAM', message, hint }));
  }
}

const ownOf = (map: Json, key: string): unknown => (Object.hasOwn(map, key) ? map[key] : undefined);

const isMap = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
