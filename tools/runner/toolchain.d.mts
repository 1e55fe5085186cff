/**
 * The packages that a folder's `package-lock.json` names with their hashes, kept in `.dueline/tools`. @returns the
 * folder in which their `node_modules` stands
 */
export function bringLocked (root: string, from: string): Promise<string>
