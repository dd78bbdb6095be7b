import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openRunbook } from '../../src/app/open-files.ts';
import type { Runbook } from '../../src/model/runbook.ts';

const TEXT = `runbook: space
summary: A disk is full
diagnose:
  - id: df
    script: { src: scripts/full.sh, args: [/srv] }
    effect: reads
findings:
  full:
    when: df.stdout != ""
    summary: full
    advice: make room
`;

describe('a runbook that names files', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'open-files-'));
    mkdirSync(join(folder, 'scripts'));
    writeFileSync(join(folder, 'space.yaml'), TEXT);
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  function open(): Runbook | string {
    const opened = openRunbook(join(folder, 'space.yaml'));
    if (opened.ok) return opened.value.value;
    const [first] = opened.error.diagnostics;
    return `${first?.at.start.line}:${first?.at.start.column} ${first?.message}`;
  }

  it('takes them from its own folder, wherever it is opened from', () => {
    writeFileSync(join(folder, 'scripts/full.sh'), 'df -P "$1"\n');
    const first = open();
    assert.ok(typeof first !== 'string', String(first));
    writeFileSync(join(folder, 'scripts/full.sh'), 'df -Pk "$1"\n');
    const second = open();
    assert.ok(typeof second !== 'string' && second.sha256 !== first.sha256);
  });

  it('is refused where one is missing', () => {
    assert.equal(open(), '5:20 src: "scripts/full.sh": there is no such file');
  });
});
