import { describeAction } from '../conformance/action.ts';
import { actionFiles } from './support/registry.ts';

const files = await actionFiles();

describe('the promises that every action keeps', () => {
  for (const { file, action } of files) describeAction(file, action);
});
