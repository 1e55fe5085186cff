/**
 * The packages that a folder's `package-lock.json` names with their hashes, kept in `.dueline/tools`. @returns the
 * folder in which their `node_modules` stands
 */
export function bringLocked (root: string, from: string): Promise<string>
/**
 * An environment of Python 3 with what a folder's `requirements.txt` names with its hashes, kept in `.dueline/tools`.
 * @returns its program `python`
 * @throws Error that says what is missing
 */
export function bringPython (root: string, from: string): Promise<string>
