import { textIn } from '../completeness.ts'
import type { Choice, Container, Node, Question, Questionnaire, Texts } from '../format.ts'
import type { Answers } from '../validate.ts'
import { isContainer } from '../walk.ts'
import { inputsOf, isGroup, isRequired } from './inputs.ts'
import { attributes, html, type Markup } from './markup.ts'
import { directionOf, type Word, wordIn } from './words.ts'

export interface HtmlOptions {
  /** The questionnaire's first unless given. What has no text in it is shown in the first. */
  language?: string
  /** Filled in with these, as `validateAnswers` gives them back: `exampleAnswers` makes some up. */
  answers?: Answers
}

const style = `body{font:1rem/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a}
fieldset{border:1px solid #b8bec8;border-radius:.4rem;margin:1rem 0;padding:.5rem 1rem 1rem}legend{font-weight:600}
.question{margin:1rem 0}.question>label{display:block;font-weight:600}.hint,.mark{color:#4a5361;font-weight:400}
input:not([type=radio]):not([type=checkbox]),textarea,select{font:inherit;padding:.3rem;max-width:100%}
textarea{width:100%;box-sizing:border-box}`

/**
 * A questionnaire as one page of HTML for people to look at: each control has its label, groups are fieldsets, what is
 * required says so in words, texts run as their language does. No scripts, nothing from elsewhere, every text escaped.
 * Conditions are not computed: what is asked in some cases only is shown and says so.
 */
export function questionnaireHtml (questionnaire: Questionnaire, options: HtmlOptions = {}): string {
  const first = questionnaire.languages[0]?.tag ?? 'en'
  const language = options.language ?? first
  const page = new Page(questionnaire, language, first)
  const title = page.text(questionnaire.title) ?? questionnaire.name
  const head = html`<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title>`
  const form = html`<form>${page.nodes(questionnaire.items, options.answers ?? {}, 'q')}</form>`
  const body = html`<main><h1><bdi>${title}</bdi></h1><p class="mark">${page.word('preview')}</p>${form}</main>`
  const root = attributes({ lang: language, dir: directionOf(language) })
  return `<!doctype html>\n<html${root.source}><head>${head.source}<style>${style}</style></head>` +
    `<body>${body.source}</body></html>\n`
}

class Page {
  readonly #questionnaire: Questionnaire
  readonly #language: string
  readonly #first: string

  constructor (questionnaire: Questionnaire, language: string, first: string) {
    this.#questionnaire = questionnaire
    this.#language = language
    this.#first = first
  }

  text (texts: Texts | undefined): string | undefined {
    return textIn(texts, this.#language, this.#first)
  }

  word (word: Word): string {
    return wordIn(word, this.#language)
  }

  nodes (items: readonly Node[], answers: Answers, at: string): Markup[] {
    return items.map((node) => {
      const id = `${at}-${node.name}`
      if (isContainer(node)) return this.#container(node, answers, id)
      return node.kind === 'note' ? this.#note(node, id) : this.#question(node, answers[node.name], id)
    })
  }

  #container (node: Container, answers: Answers, id: string): Markup {
    const described = this.#description(node, id)
    const legend = html`<legend><bdi>${this.text(node.label) ?? node.name}</bdi></legend>`
    const own = attributes({ id, 'aria-describedby': described.ids })
    if (node.kind !== 'repeat') {
      return html`<fieldset${own}>${legend}${described.markup}${this.nodes(node.items, answers, id)}</fieldset>`
    }
    const given = answers[node.name]
    const rows = Array.isArray(given) && given.length > 0 ? given as Answers[] : [{}]
    const repetitions = rows.map((row, index) =>
      html`<fieldset><legend>${index + 1}</legend>${this.nodes(node.items, row, `${id}-${index}`)}</fieldset>`
    )
    const often = html`<p class="mark">${this.word('repeat')}</p>`
    return html`<fieldset${own}>${legend}${described.markup}${often}${repetitions}</fieldset>`
  }

  #note (node: Node, id: string): Markup {
    const { markup } = this.#description(node, id)
    return html`<div class="question"><p><bdi>${this.text(node.label) ?? node.name}</bdi></p>${markup}</div>`
  }

  #question (question: Question, answer: unknown, id: string): Markup {
    const choices = this.#choicesOf(question)
    const { ids, markup } = this.#description(question, id)
    const isReadOnly = 'readOnly' in question && question.readOnly === true
    const inputs = inputsOf(question, choices, {
      id,
      describedBy: ids,
      answer,
      isReadOnly,
      text: (texts) => this.text(texts),
      word: (word) => this.word(word)
    })
    const label = html`<bdi>${this.text(question.label) ?? question.name}</bdi>${this.#marks(question, isReadOnly)}`
    if (isGroup(question, choices)) {
      const own = attributes({ id, 'aria-describedby': ids })
      return html`<fieldset${own}><legend>${label}</legend>${markup}${inputs}</fieldset>`
    }
    return html`<div class="question"><label${attributes({ for: id })}>${label}</label>${markup}${inputs}</div>`
  }

  #choicesOf (question: Question): readonly Choice[] {
    return 'list' in question ? this.#questionnaire.lists?.[question.list] ?? [] : []
  }

  #marks (question: Question, isReadOnly: boolean): Markup | undefined {
    const required: Word | undefined = isRequired(question)
      ? 'required'
      : 'required' in question && typeof question.required === 'string'
      ? 'sometimesRequired'
      : undefined
    const words = [required, isReadOnly ? 'readOnly' as const : undefined].filter((word) => word !== undefined)
    if (words.length === 0) return undefined
    return html` <span class="mark">(${words.map((word) => this.word(word)).join(', ')})</span>`
  }

  #description (node: Node, id: string): { ids: string | undefined, markup: Markup | undefined } {
    const hint = this.text(node.hint)
    const texts = [hint, node.relevant === undefined ? undefined : this.word('sometimes')]
      .filter((text) => text !== undefined)
    if (texts.length === 0) return { ids: undefined, markup: undefined }
    const own = attributes({ id: `${id}-hint`, class: 'hint' })
    return { ids: `${id}-hint`, markup: html`<p${own}><bdi>${texts.join('. ')}</bdi></p>` }
  }
}
