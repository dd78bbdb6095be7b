import { programText } from './generated-program.ts';
import { iniText } from './generated-ini.ts';
import { yamlText, yamlVariables } from './generated-yaml.ts';
import { GROUP_NAMES, HOST_NAMES } from './generated-names.ts';
import { Random } from '../support/random.ts';

/** Files by their path in a folder, and which of them are the sources, in order. */
export interface GeneratedInventory {
  readonly files: Readonly<Record<string, GeneratedFile>>;
  /** Paths in the folder, or lists of hosts. */
  readonly sources: readonly string[];
}

export interface GeneratedFile {
  readonly text: string;
  readonly isProgram: boolean;
}

/** An inventory as people have them, now and then with a slip in it. */
export function generateInventory(seed: number): GeneratedInventory {
  const random = new Random(seed);
  const files: Record<string, GeneratedFile> = {};
  const add = (path: string, text: string, isProgram = false): void => {
    files[path] = { text, isProgram };
  };
  const sources = chooseSources(random, add);
  const folders = sources.includes('site') ? ['site/'] : [''];
  for (const folder of folders) if (random.chance(45)) addVariableFiles(random, folder, add);
  return { files, sources };
}

type Add = (path: string, text: string, isProgram?: boolean) => void;

function chooseSources(random: Random, add: Add): readonly string[] {
  const kind = random.below(100);
  if (kind < 40) {
    add('hosts', iniText(random));
    return ['hosts'];
  }
  if (kind < 65) {
    add('hosts.yml', yamlText(random));
    return ['hosts.yml'];
  }
  if (kind < 80) {
    addDirectory(random, add);
    return ['site'];
  }
  if (kind < 84) {
    add('list.sh', programText(random), true);
    return ['list.sh'];
  }
  if (kind < 86) return [`${random.some(HOST_NAMES, 4).concat('web01').join(', ')},`];
  add('first', iniText(random));
  add('second.yaml', yamlText(random));
  return random.chance(50) ? ['first', 'second.yaml'] : ['second.yaml', 'first'];
}

function addDirectory(random: Random, add: Add): void {
  add('site/20-hosts', iniText(random));
  if (random.chance(60)) add('site/10-more.yml', yamlText(random));
  if (random.chance(40)) add('site/nested/hosts', iniText(random));
  if (random.chance(30)) add('site/notes.retry', 'not an inventory\n');
  if (random.chance(30)) add('site/hosts.cfg', '[defaults]\n');
  if (random.chance(20)) add('site/.hidden', 'hidden01\n');
}

function addVariableFiles(random: Random, folder: string, add: Add): void {
  for (const group of random.some(['all', 'ungrouped', ...GROUP_NAMES], 4)) {
    addVariables(random, `${folder}group_vars/${group}`, add);
  }
  for (const host of random.some(HOST_NAMES, 3)) addVariables(random, `${folder}host_vars/${host}`, add);
}

function addVariables(random: Random, base: string, add: Add): void {
  const ending = random.pick(['', '.yml', '.yaml', '.json']);
  if (ending === '.json') return add(`${base}.json`, `${JSON.stringify({ source: base, answer: random.below(9) })}\n`);
  if (random.chance(25)) {
    add(`${base}/main.yml`, yamlVariables(random));
    if (random.chance(50)) add(`${base}/zz${ending}`, yamlVariables(random));
    return undefined;
  }
  return add(`${base}${ending}`, yamlVariables(random));
}
