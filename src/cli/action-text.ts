import { dump } from 'js-yaml';
import type { Action } from '../model/action.ts';
import { describeAction } from '../model/describe-action.ts';
import type { Field, Fields, Type } from '../model/type.ts';
import { typeName } from '../model/type-name.ts';
import { entry, markdown, nameWidth, paragraph, section, type Paper } from './text.ts';

/** The page of an action: what it does, takes and gives. */
export function renderAction(action: Action, paper: Paper): string {
  const { style } = paper;
  return [
    `${style('strong', action.name)}\n${paragraph(action.summary, '  ', paper)}\n`,
    `${paragraph(describeAction(action), '  ', paper)}\n`,
    action.notes === undefined ? '' : `\n${markdown(action.notes, '  ', paper)}\n`,
    section('Params', fieldLines(action.params, paper), paper),
    section('Output', fieldLines(action.output, paper), paper),
    ...action.examples.map(({ title, params }) => {
      const yaml = dump([{ [action.name]: params }], { lineWidth: 100 }).trimEnd();
      return section(`Example: ${title}`, [yaml.replaceAll(/^/gm, '  ')], paper);
    }),
  ].join('');
}

function fieldLines(fields: Fields, paper: Paper): readonly string[] {
  const rows = Object.entries(fields).flatMap(([name, field]) => fieldRows(name, field));
  const width = nameWidth(rows.map(([name]) => name));
  return rows.map(([name, text]) => entry(name, width, text, paper));
}

function fieldRows(path: string, field: Field): readonly (readonly [name: string, text: string])[] {
  const type = `${typeName(field.type)}${field.optional === true ? ', optional' : ''}`;
  return [[path, `${type}. ${field.description}`], ...innerRows(path, field.type)];
}

function innerRows(path: string, type: Type): readonly (readonly [name: string, text: string])[] {
  if (type.kind === 'list') return innerRows(`${path}[]`, type.of);
  if (type.kind !== 'object') return [];
  return Object.entries(type.fields).flatMap(([name, field]) => fieldRows(`${path}.${name}`, field));
}
