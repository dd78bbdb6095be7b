import type { Report } from '../report.ts';
import type { YamlNode } from '../yaml/node.ts';

const SECRETS =
  /-----BEGIN [A-Z ]*PRIVATE KEY-----|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36}\b|\bxox[abp]-[A-Za-z0-9-]{10,}/;

/** Private keys and access keys have a form that nothing else has. The value itself is never shown. */
export function checkPlaintextSecrets(node: YamlNode, report: Report): void {
  switch (node.kind) {
    case 'scalar':
      if (!SECRETS.test(node.text)) return;
      return report.error(
        'E_PLAINTEXT_SECRET',
        { start: node.at.start, end: node.at.start + 1 },
        'a secret stands here in clear text',
        'take it out of the file and replace it at its source; declare a param of type secret',
      );
    case 'list':
      return node.items.forEach((item) => checkPlaintextSecrets(item, report));
    case 'map':
      for (const [, entry] of node.entries) checkPlaintextSecrets(entry.value, report);
  }
}
