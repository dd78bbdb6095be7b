import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import { fragmentSchema, inventorySchema, runbookSchema } from '../../src/load/schema.ts';
import { parseYaml } from '../../src/load/yaml.ts';
import { TEST_ACTIONS } from '../support/actions-for-tests.ts';
import { BASE_RUNBOOK, changed } from '../support/base-runbook.ts';

const EXAMPLES = new URL('examples/', import.meta.url);

describe('The schema of fragments for editors', () => {
  const validate = new Ajv({ strict: true, allowUnionTypes: true, validateFormats: false }).compile(
    fragmentSchema(TEST_ACTIONS),
  );
  const accepts = (text: string): boolean => validate(parseYaml({ file: 'a.yaml', text }).value);
  const right = `fragment: a
summary: b
params: { unit: { type: string } }
steps:
  - service: { name: "\${{ params.unit }}", state: started }
  - { include: b.yaml, id: b, with: { x: 1 }, tags: [c] }
`;

  it('accepts one that is right, and refuses what is wrong', () => {
    assert.ok(accepts(right), JSON.stringify(validate.errors));
    for (const [from, to] of [
      ['fragment: a', 'runbook: a'],
      ['steps:', 'fix:'],
      ['type: string', 'type: text'],
      ['state: started', 'stat: started'],
      ['with: { x: 1 }', 'with: x'],
    ] as const)
      assert.ok(!accepts(right.replace(from, to)), to);
  });
});

describe('The schema of runbooks for editors', () => {
  let validate: ValidateFunction;

  before(() => {
    validate = new Ajv({ strict: true, allowUnionTypes: true, validateFormats: false }).compile(
      runbookSchema(TEST_ACTIONS),
    );
  });

  function accepts(text: string): boolean {
    const { value } = parseYaml({ file: 'a.yaml', text });
    return validate(value);
  }

  for (const name of readdirSync(EXAMPLES)) {
    it(`accepts the example ${name}`, () => {
      assert.ok(accepts(readFileSync(new URL(name, EXAMPLES), 'utf8')), JSON.stringify(validate.errors));
    });
  }

  const wrong: Readonly<Record<string, string>> = {
    'an unknown key': changed('summary: A', 'sumary: A'),
    'an unknown action': changed('    service_status: { name: "${{ params', '    service_statu: { name: "${{ params'),
    'an unknown param of an action': changed('state: started', 'stat: started'),
    'a missing param of an action': changed('{ name: "${{ svc.unit }}", state: started }', '{ state: started }'),
    'a text for a list': changed('sources: ["journal:${{ svc.unit }}"]', 'sources: a'),
    'a duration without a unit': changed('    for: down\n', '    for: down\n    timeout: 10\n'),
    'an unknown severity': changed('    when: "!svc', '    severity: problm\n    when: "!svc'),
  };
  for (const [what, text] of Object.entries(wrong)) {
    it(`refuses ${what}`, () => {
      assert.ok(accepts(BASE_RUNBOOK));
      assert.ok(!accepts(text));
    });
  }

  it('describes each action and param', () => {
    const text = JSON.stringify(runbookSchema(TEST_ACTIONS));
    for (const action of TEST_ACTIONS.values()) assert.ok(text.includes(action.summary));
  });
});

describe('The schema of inventories for editors', () => {
  it('accepts groups as Ansible has them, and refuses other keys in a group', () => {
    const validate = new Ajv({ strict: true, allowUnionTypes: true }).compile(inventorySchema());
    assert.ok(
      validate({
        all: {
          hosts: { web1: '', web2: { ansible_port: 2222, limit: 5 } },
          children: { web: { hosts: { web1: '' } } },
          vars: { x: 1 },
        },
      }),
    );
    assert.ok(!validate({ all: { host: {} } }));
    assert.ok(!validate({ all: { hosts: { web1: { ansible_port: 70000 } } } }));
    assert.ok(validate({ all: { hosts: { web1: { ansible_port: '{{ port }}', ansible_connection: 'winrm' } } } }));
  });
});
