// Reads the hand-written table types as data, so that tests can compare them with a real database.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

import { type Column, type Columns, snakeCase } from '../columns.ts';

const FOLDER = join(import.meta.dir, '..', 'tables');
const SCHEMA = join(import.meta.dir, '..', 'schema.ts');

/** What a column's type promises about its kind; a plain number may be any of the three. */
const KINDS: Record<string, Column['kinds']> = {
  string: ['text'],
  Json: ['text'],
  Flag: ['integer'],
  Ms: ['bigint'],
  Nanos: ['bigint'],
  number: ['integer', 'bigint', 'real'],
};

/** Every table of `Schema`, named as in the database. */
export function declaredColumns(): Map<string, Columns> {
  const interfaces = new Map(
    readdirSync(FOLDER).flatMap((name) => interfacesOf(join(FOLDER, name)).map((node) => [node.name.text, node])),
  );
  const schema = interfacesOf(SCHEMA).find(({ name }) => name.text === 'Schema');
  if (!schema) throw new Error('schema.ts declares no Schema');
  return new Map(
    propertiesOf(schema).map(([table, type]) => [snakeCase(table), columnsOf(type.getText(), interfaces)]),
  );
}

/** `table.column` → what its comment says, on one line. */
export function columnComments(): Map<string, string> {
  const comments = new Map<string, string>();
  const schema = interfacesOf(SCHEMA).find(({ name }) => name.text === 'Schema');
  const interfaces = readdirSync(FOLDER).flatMap((name) => interfacesOf(join(FOLDER, name)));
  for (const [table, type] of schema ? propertiesOf(schema) : []) {
    const node = interfaces.find(({ name }) => name.text === type.getText());
    for (const member of node?.members ?? []) {
      const text = ts.getJSDocCommentsAndTags(member).map(({ comment }) => ts.getTextOfJSDocComment(comment) ?? '');
      const name = `${snakeCase(table)}.${snakeCase(member.name!.getText())}`;
      if (text.length > 0) comments.set(name, text.join(' ').replaceAll(/\s+/g, ' '));
    }
  }
  return comments;
}

function interfacesOf(path: string): ts.InterfaceDeclaration[] {
  const file = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
  return file.statements.filter(ts.isInterfaceDeclaration);
}

function columnsOf(name: string, interfaces: Map<string, ts.InterfaceDeclaration>): Columns {
  const node = interfaces.get(name);
  if (!node) throw new Error(`no interface ${name}`);
  const parents = node.heritageClauses?.flatMap(({ types }) => types.map((type) => type.getText())) ?? [];
  const own: Columns = new Map(propertiesOf(node).map(([column, type]) => [snakeCase(column), columnOf(type)]));
  return new Map([...parents.flatMap((parent) => [...columnsOf(parent, interfaces)]), ...own]);
}

function propertiesOf(node: ts.InterfaceDeclaration): [name: string, type: ts.TypeNode][] {
  return node.members.map((member) => {
    if (!ts.isPropertySignature(member) || !member.type || member.questionToken)
      throw new Error(`${node.name.text} has a member that is no plain column: ${member.getText()}`);
    return [member.name.getText(), member.type];
  });
}

function columnOf(type: ts.TypeNode): Column {
  const parts = type
    .getText()
    .split('|')
    .map((part) => part.trim());
  const [base = ''] = parts.filter((part) => part !== 'null');
  const kinds = KINDS[/^Generated<(\w+)>$/.exec(base)?.[1] ?? base];
  if (!kinds || parts.length > 2) throw new Error(`a column has the type ${type.getText()}`);
  return { kinds, nullable: parts.includes('null') };
}
