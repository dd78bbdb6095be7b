import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { countIn, runTool } from './gate.ts';
import type { Gate } from './gate.ts';

// Each holds a class of one character, or this file would be its own first finding.
const SILENCERS = /(ox|es)lint[-]disable|prettier[-]ignore|(c8|v8|istanbul)[ ]ignore|knip[-]?[i]gnore/;

/** Oxlint with type information; and no comment that tells a tool to look away. */
export const lint: Gate = {
  name: 'lint',
  run: async (root) => {
    const { code, output } = await runTool(root, 'oxlint/bin/oxlint', ['--type-aware', '--deny-warnings']);
    const silenced = silencedLines(root);
    return {
      ok: code === 0 && silenced.length === 0,
      looked: countIn(output, / on (\d+) files? /),
      things: 'files',
      output: [output, ...silenced].join('\n'),
    };
  },
};

function silencedLines(root: string): readonly string[] {
  const files = globSync(['{src,test,scripts,bin}/**/*.{ts,cjs}', '*.cjs'], { cwd: root });
  return files.flatMap((file) =>
    readFileSync(join(root, file), 'utf8')
      .split('\n')
      .flatMap((line, index) =>
        SILENCERS.test(line) ? [`${file}:${index + 1}: silences a tool: ${line.trim()}`] : [],
      ),
  );
}
