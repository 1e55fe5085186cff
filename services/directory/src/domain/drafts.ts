/** The fields of a body that were sent; each replaces what it names as a whole. */
export type Sent<Draft> = { readonly [Field in keyof Draft]?: Draft[Field] | undefined }

/** `base` with what was sent laid over it. */
export function applied<Draft extends object> (base: Draft, sent: Sent<Draft>): Draft {
  const given = Object.entries(sent).filter(([, value]) => value !== undefined)
  return { ...base, ...Object.fromEntries(given) }
}

/** Whether `next` says something else than `base` of any field it has. */
export function differs<Draft extends object> (base: Draft, next: Draft): boolean {
  return Object.entries(next).some(([field, value]) =>
    JSON.stringify(value) !== JSON.stringify(base[field as keyof Draft])
  )
}

/** A name from `ids` that `known` has not, with where it stands: `/memberIds/3`. Only what is new has to be checked. */
export function added (
  field: string,
  ids: readonly string[],
  known: readonly string[] = []
): Array<{ pointer: string, id: string }> {
  const before = new Set(known)
  return ids.flatMap((id, index) => before.has(id) ? [] : [{ pointer: `/${field}/${index}`, id }])
}
