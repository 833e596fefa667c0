// Small changes to a TypeScript file, one at a time, each of which a good test notices.
import ts from 'typescript';

export interface Mutant {
  file: string;
  line: number;
  before: string;
  after: string;
  /** The whole file with the change, and as it was. */
  source: string;
  original: string;
}

interface Change {
  node: ts.Node;
  after: string;
}

const OPERATORS: Partial<Record<ts.SyntaxKind, string[]>> = {
  [ts.SyntaxKind.PlusToken]: ['-'],
  [ts.SyntaxKind.MinusToken]: ['+'],
  [ts.SyntaxKind.AsteriskToken]: ['/'],
  [ts.SyntaxKind.SlashToken]: ['*'],
  [ts.SyntaxKind.PlusEqualsToken]: ['-='],
  [ts.SyntaxKind.MinusEqualsToken]: ['+='],
  [ts.SyntaxKind.LessThanToken]: ['<=', '>='],
  [ts.SyntaxKind.LessThanEqualsToken]: ['<', '>'],
  [ts.SyntaxKind.GreaterThanToken]: ['>=', '<='],
  [ts.SyntaxKind.GreaterThanEqualsToken]: ['>', '<'],
  [ts.SyntaxKind.EqualsEqualsEqualsToken]: ['!=='],
  [ts.SyntaxKind.ExclamationEqualsEqualsToken]: ['==='],
  [ts.SyntaxKind.AmpersandAmpersandToken]: ['||'],
  [ts.SyntaxKind.BarBarToken]: ['&&'],
  [ts.SyntaxKind.QuestionQuestionToken]: ['&&'],
};
const METHODS: Record<string, string> = {
  min: 'max',
  max: 'min',
  floor: 'ceil',
  ceil: 'floor',
  some: 'every',
  find: 'findLast',
};

export function mutantsOf(file: string, source: string): Mutant[] {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true);
  const changes: Change[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isTypeNode(node) || ts.isInterfaceDeclaration(node)) return;
    changes.push(...changesOf(node));
    node.forEachChild(visit);
  };
  visit(tree);
  return changes.map(({ node, after }) => {
    const [start, end] = [node.getStart(tree), node.getEnd()];
    return {
      file,
      line: tree.getLineAndCharacterOfPosition(start).line + 1,
      before: source.slice(start, end),
      after,
      source: source.slice(0, start) + after + source.slice(end),
      original: source,
    };
  });
}

function changesOf(node: ts.Node): Change[] {
  if (ts.isBinaryExpression(node)) {
    const { operatorToken } = node;
    return (OPERATORS[operatorToken.kind] ?? []).map((after) => ({ node: operatorToken, after }));
  }
  if (ts.isNumericLiteral(node)) return [{ node, after: node.text === '0' ? '1' : `(${node.getText()} + 1)` }];
  if (ts.isBigIntLiteral(node)) return [{ node, after: node.text === '0n' ? '1n' : `(${node.getText()} + 1n)` }];
  if (node.kind === ts.SyntaxKind.TrueKeyword) return [{ node, after: 'false' }];
  if (node.kind === ts.SyntaxKind.FalseKeyword) return [{ node, after: 'true' }];
  if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken)
    return [{ node, after: node.operand.getText() }];
  if (ts.isIfStatement(node)) {
    return ['true', 'false'].map((after) => ({ node: node.expression, after }));
  }
  if (ts.isConditionalExpression(node)) {
    return ['true', 'false'].map((after) => ({ node: node.condition, after }));
  }
  if (ts.isPropertyAccessExpression(node) && METHODS[node.name.text] && ts.isCallExpression(node.parent)) {
    return [{ node: node.name, after: METHODS[node.name.text]! }];
  }
  // A step left out.
  if (ts.isExpressionStatement(node)) return [{ node, after: ';' }];
  return [];
}
