/** One sentence of what an installer wrote, or its last line where nothing is known. */
export function causeOf (text: string, root: string): string
