import ts from 'typescript'

/** A source with one thing changed. */
export interface Mutant {
  /** From 1. */
  line: number
  /** The line before and after, as far as it shows. */
  before: string
  after: string
  source: string
}

const swaps = new Map<ts.SyntaxKind, string>([
  [ts.SyntaxKind.LessThanToken, '<='],
  [ts.SyntaxKind.LessThanEqualsToken, '<'],
  [ts.SyntaxKind.GreaterThanToken, '>='],
  [ts.SyntaxKind.GreaterThanEqualsToken, '>'],
  [ts.SyntaxKind.EqualsEqualsEqualsToken, '!=='],
  [ts.SyntaxKind.ExclamationEqualsEqualsToken, '==='],
  [ts.SyntaxKind.PlusToken, '-'],
  [ts.SyntaxKind.MinusToken, '+'],
  [ts.SyntaxKind.AsteriskToken, '/'],
  [ts.SyntaxKind.SlashToken, '*'],
  [ts.SyntaxKind.PercentToken, '*'],
  [ts.SyntaxKind.AmpersandAmpersandToken, '||'],
  [ts.SyntaxKind.BarBarToken, '&&']
])
const calls: Readonly<Record<string, string>> = {
  max: 'min',
  min: 'max',
  floor: 'ceil',
  ceil: 'floor',
  some: 'every',
  every: 'some'
}
const numbers: Readonly<Record<string, string>> = { 0: '1', 1: '2', '0n': '1n', '1n': '2n' }

/** Every mutant of a source: one operator, constant or branch changed; not in types, imports and what is thrown. */
export function mutantsOf (text: string): Mutant[] {
  const source = ts.createSourceFile('source.ts', text, ts.ScriptTarget.Latest, true)
  const mutants: Mutant[] = []
  const replace = (node: ts.Node, by: string): void => {
    const [start, end] = [node.getStart(source), node.getEnd()]
    const changed = text.slice(0, start) + by + text.slice(end)
    const { line } = source.getLineAndCharacterOfPosition(start)
    mutants.push({
      line: line + 1,
      before: text.split('\n')[line]?.trim() ?? '',
      after: changed.split('\n')[line]?.trim() ?? '',
      source: changed
    })
  }
  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node) || ts.isThrowStatement(node)) return
    mutate(node, replace)
    ts.forEachChild(node, visit)
  }
  visit(source)
  return mutants
}

function mutate (node: ts.Node, replace: (node: ts.Node, by: string) => void): void {
  if (ts.isBinaryExpression(node)) {
    const by = swaps.get(node.operatorToken.kind)
    if (node.operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken) replace(node, `(${node.left.getText()})`)
    else if (by !== undefined && !(isSum(node) && [node.left, node.right].some(isText))) replace(node.operatorToken, by)
  } else if (ts.isPrefixUnaryExpression(node)) {
    const { operator, operand } = node
    if (operator === ts.SyntaxKind.ExclamationToken || operator === ts.SyntaxKind.MinusToken) {
      replace(node, operand.getText())
    }
  } else if (ts.isConditionalExpression(node)) {
    const { condition, whenTrue, whenFalse } = node
    replace(node, `${condition.getText()} ? ${whenFalse.getText()} : ${whenTrue.getText()}`)
  } else if (ts.isIfStatement(node)) {
    replace(node.expression, 'true')
    replace(node.expression, 'false')
  } else if (node.kind === ts.SyntaxKind.TrueKeyword) replace(node, 'false')
  else if (node.kind === ts.SyntaxKind.FalseKeyword) replace(node, 'true')
  else if (ts.isNumericLiteral(node) || ts.isBigIntLiteral(node)) {
    const by = numbers[node.getText()]
    if (by !== undefined) replace(node, by)
  } else if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
    const by = calls[node.expression.name.text]
    if (by !== undefined) replace(node.expression.name, by)
  }
}

function isSum (node: ts.BinaryExpression): boolean {
  return node.operatorToken.kind === ts.SyntaxKind.PlusToken
}

function isText (node: ts.Node): boolean {
  return ts.isStringLiteralLike(node) || ts.isTemplateExpression(node) ||
    (ts.isBinaryExpression(node) && isSum(node) && [node.left, node.right].some(isText))
}
