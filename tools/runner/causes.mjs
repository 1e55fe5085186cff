/** What installers say, and what that means for people. The first that matches is it. */
const causes = [
  [
    /\b(EROFS|EACCES|EPERM)\b/,
    (code, root) =>
      `${code}: this needs to write to ${root}, and cannot. Make the folder writable, or copy it to one that is.`
  ],
  [/\b(ENOSPC)\b/, (code, root) => `${code}: the disk of ${root} is full.`],
  [
    /\b(ERR_PNPM_OUTDATED_LOCKFILE)\b/,
    (code) => `${code}: pnpm-lock.yaml does not fit a package.json. Run npx pnpm@10 install and commit what it writes.`
  ],
  [
    /\b(EINTEGRITY|ERR_PNPM_TARBALL_INTEGRITY)\b/,
    (code) => `${code}: the registry sent another file than the one that the lock names. Nothing of it was kept.`
  ],
  [
    /\b(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ERR_SOCKET_TIMEOUT|EHOSTUNREACH|ENETUNREACH|UND_ERR_\w+|ERR_PNPM_META_FETCH_FAIL)\b/,
    (code) => `${code}: the npm registry cannot be reached${throughProxy()}. Mend that and run the command again.`
  ],
  [
    /\b(SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_[A-Z_]+|CERT_[A-Z_]+|DEPTH_ZERO_SELF_SIGNED_CERT)\b/,
    (code) =>
      `${code}: the certificate of the npm registry is not trusted. ` +
      'Set cafile in your .npmrc and run the command again.'
  ],
  [
    /\b(E40[0-9]|E5\d\d|ERR_PNPM_FETCH_\d+)\b/,
    (code) => `${code}: the npm registry refuses. Look at registry and credentials in your .npmrc.`
  ],
  [/\bENOENT\b.*\bnpm\b|\bnpm\b.*\bENOENT\b/, () => 'npm was not found. It comes with Node: put it on the path.']
]

/** One sentence of what an installer wrote, or its last line where nothing is known. */
export function causeOf (text, root) {
  for (const [pattern, sentence] of causes) {
    const match = pattern.exec(text)
    if (match !== null) return sentence(match[1], root)
  }
  return text.split('\n').reverse().find((line) => line.trim() !== '')?.trim() ?? 'it did not say why.'
}

/** Without user name and password. */
function throughProxy () {
  const { HTTPS_PROXY, https_proxy: lower, npm_config_https_proxy: ofNpm } = process.env
  const proxy = ofNpm || HTTPS_PROXY || lower
  if (!proxy) return ''
  try {
    return ` through the proxy ${new URL(proxy).host}`
  } catch {
    return ' through the proxy that is set, which is no address'
  }
}
