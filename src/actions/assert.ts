import { defineAction } from '../model/action.ts';
import { count } from '../util/count.ts';
import { failed } from './support/failure.ts';

export const action = defineAction({
  name: 'assert',
  summary: 'Fails when a condition does not hold.',
  notes: [
    'Nothing is asked of the host: the conditions are expressions over what is known already. Unlike other reading actions it',
    'fails by what it sees. So it stops a fix before its next step, and it is a step of `verify` without `expect`.',
    '',
    'In `diagnose` use a finding instead: a failed step there only makes the host `unknown`.',
  ].join('\n'),
  effect: 'reads',
  risk: 'none',
  judges: true,
  idempotent: true,
  params: {
    that: {
      type: { kind: 'list', of: { kind: 'bool' } },
      description: 'What must hold, each a `${{ }}`, or one `${{ }}` that is a list; an empty list holds.',
    },
    message: {
      type: { kind: 'string' },
      description: 'What a person reads when it does not: what is wrong, and what to do.',
      optional: true,
    },
  },
  output: { checked: { type: { kind: 'int' }, description: 'How many conditions hold.' } },
  examples: [
    {
      title: 'Go on only with enough space',
      params: {
        that: ['${{ disk.worst.free_bytes > 1000000000 }}'],
        message: 'Less than 1 GB is free on ${{ disk.worst.mount }}: make room there first.',
      },
    },
  ],
  work: {
    kind: 'probe',
    summary: ({ that }) => `assert ${count(that.length, 'condition')}`,
    probe({ that, message }) {
      const wrong = that.flatMap((holds, index) => (holds ? [] : [`that[${index}]`]));
      if (wrong.length === 0) return Promise.resolve({ status: 'ok', output: { checked: that.length } });
      const which = `${wrong.join(', ')} ${wrong.length === 1 ? 'is' : 'are'} false`;
      return Promise.resolve(
        failed('expect', message === undefined || message === '' ? which : `${message} (${which})`),
      );
    },
  },
});
