import { extname, join } from 'node:path';
import type { Diagnostic } from '../../model/source.ts';
import { aboutFile } from '../read-file.ts';
import { Report } from '../report.ts';
import type { InventoryEntries } from './entries.ts';
import { splitHostPort } from './sources/host-port.ts';
import { addIniForm } from './sources/ini-form.ts';
import { addProgram } from './sources/program-form.ts';
import type { ReadText, SourceReader } from './files/source-reader.ts';
import { addYamlForm } from './sources/yaml-form.ts';
import { YamlSource } from './sources/yaml-values.ts';

/** Of the files in a directory, Ansible passes these over. */
const IGNORED =
  /^\.|^(?:host_vars|group_vars|vars_plugins)$|(?:\.pyc|\.pyo|\.swp|\.bak|~|\.rpm|\.md|\.txt|\.rst|\.orig|\.ini|\.cfg|\.retry)$/;

const YAML_ENDINGS: ReadonlySet<string> = new Set(['', '.yaml', '.yml', '.json']);

/** Adds what a source says: a list of hosts, a directory of sources, a program, or a file. `around`: the folders that it is in. */
export async function addSource(
  source: string,
  reader: SourceReader,
  entries: InventoryEntries,
  around: readonly string[] = [],
): Promise<readonly Diagnostic[]> {
  switch (reader.files.kindOf(source)) {
    case 'directory':
      return addDirectory(source, reader, entries, around);
    case undefined:
      if (source.includes(',')) return addList(source, entries);
      return addFile(source, reader, entries, { mayRun: false });
    case 'program':
      return addFile(source, reader, entries, { mayRun: true });
    case 'file':
      return addFile(source, reader, entries, { mayRun: false });
  }
}

async function addDirectory(
  directory: string,
  reader: SourceReader,
  entries: InventoryEntries,
  around: readonly string[],
): Promise<readonly Diagnostic[]> {
  const real = reader.files.realPath(directory);
  // A link that leads in a circle.
  if (around.includes(real)) return [];
  const names = reader.namesIn(directory);
  if (!names.ok) return [names.error];
  const diagnostics: Diagnostic[] = [];
  for (const name of names.value) {
    if (IGNORED.test(name)) continue;
    diagnostics.push(...(await addSource(join(directory, name), reader, entries, [...around, real])));
  }
  return diagnostics;
}

/** `web01,db01:2222,` */
function addList(list: string, entries: InventoryEntries): readonly Diagnostic[] {
  for (const word of list.split(',')) {
    const name = word.trim();
    const { host, port } = name.includes('[') && !/^\[[^\]]+\]:\d+$/.test(name) ? { host: name } : splitHostPort(name);
    if (name !== '' && !entries.hosts.has(host)) entries.addHost(host, 'ungrouped', { program: list }, port);
  }
  return [];
}

async function addFile(
  file: string,
  reader: SourceReader,
  entries: InventoryEntries,
  { mayRun }: { readonly mayRun: boolean },
): Promise<readonly Diagnostic[]> {
  const read = await reader.read(file);
  // Not text at all: a program that was compiled.
  if (!read.ok) return mayRun && read.error.code === 'E_ENCODING' ? addProgram(file, reader, entries) : [read.error];
  if (read.value.text.startsWith('#!')) {
    return mayRun ? addProgram(file, reader, entries) : [aboutFile(file, notExecutable(file))];
  }
  if (extname(file) === '.toml') return [aboutFile(file, NO_TOML)];
  return addText(read.value, reader, entries);
}

const notExecutable = (file: string) => ({
  code: 'E_PROGRAM',
  message: 'this is a program that may not be executed',
  hint: `chmod +x ${file}`,
});

const NO_TOML = {
  code: 'E_UNSUPPORTED',
  message: "Ansible's TOML form is not read",
  hint: 'make a YAML file of it: ansible-inventory -i FILE --list --yaml > inventory.yaml',
};

/** Ansible tries YAML, where the file's name allows it, then INI. What is wrong is told of the form that was meant. */
function addText(text: ReadText, reader: SourceReader, entries: InventoryEntries): readonly Diagnostic[] {
  const ending = extname(text.file);
  if (YAML_ENDINGS.has(ending)) {
    const source = new YamlSource(text, reader.passwords);
    const { root, report } = source;
    if (root?.kind === 'map' && !report.failed) {
      addYamlForm(source, root, entries);
      return report.diagnostics;
    }
    if (root === undefined && !report.failed) return [];
    if (isMeantAsYaml(text, root !== undefined && root.kind !== 'scalar')) {
      if (!report.failed) report.error('E_TYPE', { start: 0, end: 0 }, 'the file must be a map', 'begin it with all:');
      return report.diagnostics;
    }
  }
  const report = new Report(text);
  addIniForm(report, entries, text);
  return report.diagnostics;
}

function isMeantAsYaml({ file, text }: ReadText, isCollection: boolean): boolean {
  const lines = text.split(/\r?\n/);
  if (lines.some((line) => /^\s*\[[^\]]*\]\s*(?:#.*)?$/.test(line))) return false;
  return isCollection || (extname(file) !== '' && lines.some((line) => /^\s*[^\s#;=]+\s*:(?:\s|$)/.test(line)));
}
