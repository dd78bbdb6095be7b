import type { Fields, ValuesOf } from '../../model/type.ts';
import { err, ok, type Result } from '../../util/result.ts';
import { complaintOf } from './apache-config.ts';
import type { Sections } from './sections.ts';
import { timestampOf } from './timestamps.ts';

const VERSION = {
  type: { kind: 'string' },
  description: 'Where it is: a path, or `git:COMMIT:PATH` in the repository that holds the file.',
} as const;

export const FORMER_CONFIG_OUTPUT = {
  complaint: { type: { kind: 'string' }, description: 'What Apache says of its configuration; empty when it parses.' },
  broken: {
    type: {
      kind: 'list',
      of: {
        kind: 'object',
        name: 'BrokenConfigFile',
        key: 'path',
        fields: {
          path: { type: { kind: 'string' }, description: 'Its real path, links followed.' },
          included_as: { type: { kind: 'string' }, description: 'The path by which Apache reads it.' },
          line: { type: { kind: 'int' }, description: 'Where Apache stopped reading; 0 when it could not begin.' },
          complaint: { type: { kind: 'string' }, description: 'What is wrong there.' },
          missing: {
            type: { kind: 'bool' },
            description: 'It is not there: it was removed, or a link to it leads nowhere.',
          },
          unchanged: {
            type: { kind: 'bool' },
            description:
              'It was last changed before the last start that succeeded: what it needs is gone, such as a module. No version of it is tested.',
          },
          restorable: { type: { kind: 'bool' }, description: 'A former version of it was found that is not broken.' },
          passes_without: {
            type: { kind: 'bool' },
            description:
              'The configuration parses when this file is empty; tested only where no version is good, and not of the main file.',
          },
          disable: {
            type: { kind: 'string' },
            description:
              'The command of Debian that leaves it out, such as `a2dissite shop`; empty when there is none.',
          },
        },
      },
    },
    description: 'The files that break it, in the order in which Apache complains of them.',
  },
  restore: {
    type: {
      kind: 'list',
      of: {
        kind: 'object',
        name: 'GoodConfigVersion',
        key: 'path',
        fields: {
          path: { type: { kind: 'string' }, description: 'The broken file.' },
          version: VERSION,
          sha256: { type: { kind: 'string' }, description: 'Of the content that was tested.' },
          modified: { type: { kind: 'timestamp' }, description: 'When that was written or committed.' },
        },
      },
    },
    description:
      'What has to be put in place so that the configuration parses; empty when nothing that was found does it.',
  },
  versions: {
    type: {
      kind: 'list',
      of: {
        kind: 'object',
        name: 'FormerConfigVersion',
        fields: {
          path: { type: { kind: 'string' }, description: 'The broken file.' },
          version: VERSION,
          modified: { type: { kind: 'timestamp' }, description: 'When it was written or committed.' },
          passes: { type: { kind: 'bool' }, description: 'With it, that file is not complained of any more.' },
          complaint: { type: { kind: 'string' }, description: 'What Apache says of it; else empty.' },
        },
      },
    },
    description: 'All that were tested.',
  },
  trouble: { type: { kind: 'string' }, description: 'Why nothing could be tested; else empty.' },
} as const satisfies Fields;

export type FormerConfig = ValuesOf<typeof FORMER_CONFIG_OUTPUT>;
type BrokenFile = FormerConfig['broken'][number];
type GoodVersion = FormerConfig['restore'][number];

export const NO_FORMER_CONFIG: FormerConfig = { complaint: '', broken: [], restore: [], versions: [], trouble: '' };

/** Reads the section `former` of an Apache that is installed. */
export function readFormerConfig(sections: Sections): Result<FormerConfig, string> {
  const [test, former] = [sections.get('test'), sections.get('former')];
  if (test === undefined || former === undefined) return err('the configuration was not tested');
  if (test.code === 0) return ok(NO_FORMER_CONFIG);
  const complaint = complaintOf(test.lines);
  if (former.code !== 0)
    return ok({ ...NO_FORMER_CONFIG, complaint, trouble: former.lines[0] ?? 'it failed without a word' });
  const broken: BrokenFile[] = [];
  const good: GoodVersion[] = [];
  const versions: FormerConfig['versions'][number][] = [];
  let verdict: string | undefined;
  for (const row of former.lines) {
    const [kind, ...words] = row.split('\t');
    const path = broken.at(-1)?.path ?? '';
    switch (kind) {
      case 'broken':
        broken.push(brokenFile(words));
        break;
      case 'tried': {
        const [version = '', seconds = '', sha256 = '', result, said = ''] = words;
        const modified = timestampOf(Number(seconds));
        versions.push({ path, version, modified, passes: result === 'pass', complaint: said.trim() });
        if (result === 'pass') good.push({ path, version, sha256, modified });
        break;
      }
      case 'unchanged':
        broken.push({ ...(broken.pop() ?? brokenFile([])), unchanged: true });
        break;
      case 'without':
        broken.push({ ...(broken.pop() ?? brokenFile([])), passes_without: words[0] === 'pass' });
        break;
      case 'all':
        verdict = words[0];
        break;
      default:
        return err(`unexpected output: ${row}`);
    }
  }
  if (verdict === undefined) return err('the output is cut short');
  const restorable = new Set(good.map(({ path }) => path));
  const files = broken.map((file) => ({ ...file, restorable: restorable.has(file.path) }));
  return ok({ complaint, broken: files, restore: verdict === 'pass' ? good : [], versions, trouble: '' });
}

function brokenFile([
  path = '',
  included_as = '',
  line = '',
  there = '',
  complaint = '',
]: readonly string[]): BrokenFile {
  return {
    path,
    included_as,
    line: Number(line),
    complaint: complaint.trim(),
    missing: there === 'missing',
    unchanged: false,
    restorable: false,
    passes_without: false,
    disable: disablingCommand(included_as),
  };
}

function disablingCommand(path: string): string {
  const [, kind, name] = /\/(sites|conf|mods)-enabled\/([A-Za-z0-9_.@-]+?)\.(?:conf|load)$/.exec(path) ?? [];
  if (kind === undefined || name === undefined) return '';
  return `${{ sites: 'a2dissite', conf: 'a2disconf', mods: 'a2dismod' }[kind] ?? ''} ${name}`;
}
