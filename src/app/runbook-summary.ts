import { readSource } from '../load/read-file.ts';
import { parseYaml } from '../load/yaml.ts';

/** The summary a runbook's file gives itself, without checking the rest. Undefined when there is none to be read. */
export function summaryOf(path: string): string | undefined {
  const source = readSource(path);
  if (!source.ok) return undefined;
  const { value } = parseYaml(source.value);
  const isMap = typeof value === 'object' && value !== null && 'summary' in value;
  return isMap && typeof value.summary === 'string' ? value.summary : undefined;
}
