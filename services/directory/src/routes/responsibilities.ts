import { nullable, Uuid } from '@dueline/contracts'
import { problem, type Fault } from '@dueline/http'
import { Type, type Static } from 'typebox'
import { emptyResponsibility, type ResponsibilityDraft } from '../domain/responsibility.ts'
import { errors } from '../errors.ts'
import { aggregateStore, type Stamped } from '../store/aggregate-store.ts'
import { teamFault } from '../store/responsibility-store.ts'
import { responsibility } from '../store/tables.ts'
import type { Mention } from '../upstreams/references.ts'
import { viewOf, type Aggregate } from './aggregates.ts'
import { Stamps } from './route-deps.ts'

const fields = {
  productId: nullable({ ...Uuid, description: 'For what: a product; null where it is a module' }),
  moduleId: nullable({ ...Uuid, description: 'For what: a module; null where it is a product' }),
  personId: nullable({ ...Uuid, description: 'Who: a person of the staff; null where it is a team' }),
  teamId: nullable({ ...Uuid, description: 'Who: a team; null where it is a person' })
}

/** Body of a new responsibility. */
export const NewResponsibility = Type.Partial(Type.Object(fields), {
  title: 'NewResponsibility',
  description: 'Exactly one of `productId` and `moduleId`, and exactly one of `personId` and `teamId`'
})
/** A responsibility on the wire. */
export const Responsibility = Type.Object({ id: Uuid, ...fields, ...Stamps }, {
  title: 'Responsibility',
  description: 'That a person or a team is responsible for a product or a module'
})

/** What is wrong with the fields that a body names, whatever they name. */
export function choiceFaults (body: Static<typeof NewResponsibility>): Fault[] {
  const exactlyOne = (one: keyof typeof body, other: keyof typeof body): Fault[] => {
    if ((body[one] == null) !== (body[other] == null)) return []
    return body[one] == null
      ? [{ pointer: `/${one}`, message: `is required, or ${other} in its place` }]
      : [{ pointer: `/${other}`, message: `must not stand beside ${one}: make two responsibilities` }]
  }
  return [...exactlyOne('productId', 'moduleId'), ...exactlyOne('personId', 'teamId')]
}

/** How responsibilities are stored and announced; they are never changed. */
export const responsibilities: Aggregate<ResponsibilityDraft> = {
  path: '/v1/responsibilities',
  store: aggregateStore<ResponsibilityDraft & Stamped>(responsibility),
  unique: { index: 'responsibility_once', refuse: () => problem(errors.responsibility_exists) },
  empty: emptyResponsibility,
  view: viewOf,
  mentions ({ productId, moduleId, personId }): Mention[] {
    const one = (pointer: string, kind: Mention['kind'], id: string | null): Mention[] =>
      id === null ? [] : [{ pointer, kind, id }]
    return [
      ...one('/productId', 'product', productId),
      ...one('/moduleId', 'module', moduleId),
      ...one('/personId', 'staff', personId)
    ]
  },
  async faults (tx, _, { teamId }) {
    const message = teamId === null ? null : await teamFault(tx, teamId)
    return message === null ? [] : [{ pointer: '/teamId', message }]
  },
  event ({ createdAt: _, updatedAt: _at, ...snapshot }, deleted) {
    return {
      type: 'dueline.responsibility.changed.v1',
      subject: `responsibility/${snapshot.id}`,
      data: { responsibility: snapshot, deleted }
    }
  }
}
